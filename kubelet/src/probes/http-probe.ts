import type { HTTPGetAction } from '@kubarium/shared';
import { httpGet } from './http-get.ts';
import { probePort, type ProbeOutcome, type ProbeTarget, SUCCESS } from './probe-target.ts';

const REDIRECTS_MAX = 10;

/**
 * Whether a GET is answered with a status from 200 to 399. Redirects to the same host are followed; one to another host ends
 * the probe with a warning, which counts as success.
 */
export async function httpProbe(action: HTTPGetAction, target: ProbeTarget, timeoutMs: number): Promise<ProbeOutcome> {
  let port: number;
  try {
    port = probePort(action.port, target.spec);
  } catch (error) {
    return { result: 'error', message: (error as Error).message };
  }
  const address = action.host === undefined || action.host === '' ? target.podIP : action.host;
  const scheme = action.scheme ?? 'HTTP';
  let url = new URL(`${scheme.toLowerCase()}://${address}:${port}/`);
  const shown = `${scheme.toLowerCase()}://${address}:${port}${probePath(action.path)}`;
  let path = probePath(action.path);
  for (let redirects = 0; ; redirects++) {
    const result = await httpGet({
      clock: target.clock,
      network: target.network,
      scheme: url.protocol === 'https:' ? 'HTTPS' : 'HTTP',
      address: url.hostname,
      port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
      path,
      headers: action.httpHeaders ?? [],
      userAgent: 'kube-probe/1.35',
      timeoutMs,
    });
    if ('error' in result) return { result: 'failure', message: `Get "${shown}": ${result.error}` };
    const { status, location, body } = result;
    if (status < 200 || status >= 400)
      return { result: 'failure', message: `HTTP probe failed with statuscode: ${status}` };
    if (status < 300) return SUCCESS;
    const next = location === undefined ? undefined : resolve(location, url, path);
    if (next === undefined || next.hostname !== url.hostname)
      return { result: 'warning', message: `Probe terminated redirects, Response body: ${body}` };
    if (redirects + 1 >= REDIRECTS_MAX)
      return { result: 'failure', message: `Get "${next.href}": stopped after 10 redirects` };
    url = next;
    path = `${next.pathname}${next.search}`;
  }
}

const probePath = (path: string | undefined): string =>
  path === undefined || path === '' ? '/' : path.startsWith('/') ? path : `/${path}`;

function resolve(location: string, url: URL, path: string): URL | undefined {
  const base = new URL(path, url).href;
  return URL.canParse(location, base) ? new URL(location, base) : undefined;
}
