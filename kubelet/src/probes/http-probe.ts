import type { HTTPGetAction } from '@kubarium/shared';
import { httpGet, type HttpGetOptions, requestBytes } from './http-get.ts';
import { type Attempt, probePort, type ProbeOutcome, type ProbeTarget, SUCCESS } from './probe-target.ts';

const REDIRECTS_MAX = 10;

/**
 * Whether a GET is answered with a status from 200 to 399. Redirects to the same host are followed; one to another host ends
 * the probe with a warning, which counts as success.
 */
export function httpProbe(action: HTTPGetAction, target: ProbeTarget, timeoutMs: number): Attempt {
  const address = action.host === undefined || action.host === '' ? target.podIP : action.host;
  const scheme = action.scheme ?? 'HTTP';
  const path = probePath(action.path);
  const port = probePort(action.port, target.spec);
  const options: HttpGetOptions = {
    clock: target.clock,
    network: target.network,
    scheme,
    address,
    port,
    path,
    headers: action.httpHeaders ?? [],
    userAgent: 'kube-probe/1.35',
    timeoutMs,
  };
  const shown = `${scheme.toLowerCase()}://${address}:${port}${path}`;
  const prepared = { ...options, request: requestBytes(options) };
  return () => follow(prepared, shown);
}

async function follow(first: HttpGetOptions, shown: string): Promise<ProbeOutcome> {
  let options = first;
  for (let redirects = 1; ; redirects++) {
    const result = await httpGet(options);
    if ('error' in result) return { result: 'failure', message: `Get "${shown}": ${result.error}` };
    const { status, location, body } = result;
    if (status < 200 || status >= 400)
      return { result: 'failure', message: `HTTP probe failed with statuscode: ${status}` };
    if (status < 300) return SUCCESS;
    const next = location === undefined ? undefined : resolve(location, options);
    if (next === undefined || next.hostname !== options.address)
      return { result: 'warning', message: `Probe terminated redirects, Response body: ${body}` };
    if (redirects >= REDIRECTS_MAX)
      return { result: 'failure', message: `Get "${next.href}": stopped after 10 redirects` };
    const scheme = next.protocol === 'https:' ? 'HTTPS' : 'HTTP';
    const port = next.port === '' ? (scheme === 'HTTPS' ? 443 : 80) : Number(next.port);
    options = { ...first, request: undefined, scheme, port, path: `${next.pathname}${next.search}` };
  }
}

const probePath = (path: string | undefined): string =>
  path === undefined || path === '' ? '/' : path.startsWith('/') ? path : `/${path}`;

function resolve(location: string, { scheme, address, port, path }: HttpGetOptions): URL | undefined {
  const base = `${scheme.toLowerCase()}://${address}:${port}${path}`;
  return URL.canParse(location, base) ? new URL(location, base) : undefined;
}
