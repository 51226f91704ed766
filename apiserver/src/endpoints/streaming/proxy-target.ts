import {
  badRequest,
  isNotFound,
  notFound,
  ENDPOINTS,
  PODS,
  SERVICES,
  serviceUnavailable,
  type Endpoints,
  type Pod,
  type Resource,
  type Service,
} from '@kubarium/shared';
import type { ConnectCall } from './streaming-call.ts';

/** Where a proxied request goes. */
export interface ProxyTarget {
  readonly scheme: 'http' | 'https';
  readonly address: string;
  /** As it was given: a pod's may be a name, which nobody listens on. */
  readonly port: string;
}

interface SplitName {
  readonly scheme: string;
  readonly name: string;
  readonly port: string;
}

/** Reads `NAME`, `NAME:PORT` or `SCHEME:NAME:PORT`; undefined for anything else. */
function splitName(id: string): SplitName | undefined {
  const parts = id.split(':');
  if (parts.length === 1 && parts[0] !== '') return { scheme: '', name: parts[0]!, port: '' };
  if (parts.length === 2 && parts[0] !== '') return { scheme: '', name: parts[0]!, port: parts[1]! };
  const isScheme = parts[0] === 'http' || parts[0] === 'https' || parts[0] === '';
  if (parts.length === 3 && isScheme && parts[1] !== '') return { scheme: parts[0]!, name: parts[1]!, port: parts[2]! };
  return undefined;
}

/** Finds out where `pods/proxy` or `services/proxy` leads; throws StatusError in the real server's words. */
export const proxyTarget = (call: ConnectCall): Promise<ProxyTarget> =>
  call.info.resource === 'pods' ? podTarget(call) : serviceTarget(call);

async function podTarget(call: ConnectCall): Promise<ProxyTarget> {
  const split = splitName(call.info.name!);
  if (split === undefined) throw badRequest(`invalid pod request ${JSON.stringify(call.info.name)}`);
  const pod = await read<Pod>(call, PODS, split.name);
  const first = (pod.spec.containers ?? []).flatMap((container) => container.ports ?? [])[0]?.containerPort;
  const address = pod.status.podIP;
  if (address === undefined || address === '') throw badRequest('address not allowed');
  const port = split.port === '' ? String(first ?? '') : split.port;
  return { scheme: split.scheme === 'https' ? 'https' : 'http', address, port };
}

async function serviceTarget(call: ConnectCall): Promise<ProxyTarget> {
  const id = call.info.name!;
  const split = splitName(id);
  if (split === undefined) throw badRequest(`invalid service request ${JSON.stringify(id)}`);
  const service = await read<Service>(call, SERVICES, split.name);
  let portName = split.port;
  if (/^-?\d+$/.test(portName)) {
    const found = (service.spec.ports ?? []).find(({ port }) => port === Number(portName));
    if (found === undefined) {
      throw serviceUnavailable(`no service port ${portName} found for service ${JSON.stringify(split.name)}`);
    }
    portName = found.name ?? '';
  }
  const endpoints = await read<Endpoints>(call, ENDPOINTS, split.name, SERVICES);
  const candidates = (endpoints.subsets ?? []).flatMap((subset) =>
    (subset.ports ?? [])
      .filter((port) => (port.name ?? '') === portName)
      .flatMap((port) =>
        // Addresses that are no pod's are not proxied to: they could be anything that the API server can reach.
        (subset.addresses ?? [])
          .filter(({ targetRef }) => targetRef?.kind === 'Pod')
          .map(({ ip }) => ({ address: ip, port: port.port })),
      ),
  );
  const chosen = candidates[call.services.runtime.random.integer(Math.max(1, candidates.length))];
  if (chosen === undefined) throw serviceUnavailable(`no endpoints available for service ${JSON.stringify(id)}`);
  return {
    scheme: split.scheme === 'https' ? 'https' : 'http',
    address: chosen.address,
    port: String(chosen.port),
  };
}

/** An object that the proxy needs to know; `as` is the resource that it is missed as. */
async function read<T extends object>(call: ConnectCall, of: Resource, name: string, as: Resource = of): Promise<T> {
  const { services, user, info } = call;
  const registry = services.registry.resource(of.group, of.version, of.resource);
  if (registry === undefined) throw notFound(as, name);
  const context = { user, runtime: services.runtime, dryRun: false };
  try {
    const { value } = await registry.get(context, { namespace: info.namespace, name });
    return value as unknown as T;
  } catch (error) {
    throw isNotFound(error) ? notFound(as, name) : error;
  }
}
