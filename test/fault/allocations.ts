import type { ApiConnection } from '../support/api-connection.ts';
import type { FoundObject } from './collection.ts';
import type { HistoryEvent } from './history.ts';

interface ServiceSpec {
  readonly clusterIPs?: readonly string[];
  readonly ports?: readonly { readonly nodePort?: number }[];
  readonly healthCheckNodePort?: number;
}

/** The cluster IPs and node ports that a Service holds, as texts. */
function holdings({ spec }: FoundObject): string[] {
  const { clusterIPs = [], ports = [], healthCheckNodePort } = spec as ServiceSpec;
  const nodePorts = [...ports.map(({ nodePort }) => nodePort), healthCheckNodePort];
  return [...clusterIPs.filter((ip) => ip !== 'None'), ...nodePorts.filter(Boolean).map(String)];
}

/** Who held what twice at any moment of a history. */
export function doubleAllocations(events: readonly HistoryEvent[]): string[] {
  const problems: string[] = [];
  const holder = new Map<string, string>();
  const held = new Map<string, string[]>();
  for (const { type, name, revision, object } of events) {
    for (const one of held.get(name) ?? []) holder.delete(one);
    held.delete(name);
    if (type === 'DELETED') continue;
    const mine = holdings(object);
    for (const one of mine) {
      const other = holder.get(one);
      if (other !== undefined) problems.push(`${one} belongs to ${other} and, at revision ${revision}, to ${name}`);
      holder.set(one, name);
    }
    held.set(name, mine);
  }
  return problems;
}

/** Asks for addresses and ports by number: what a Service holds must be refused, what none holds any more must be given. */
export async function allocationProblems(
  api: ApiConnection,
  services: Iterable<FoundObject>,
  past: readonly HistoryEvent[],
): Promise<string[]> {
  const problems: string[] = [];
  const taken = new Set([...services].flatMap(holdings));
  const everHeld = new Set(past.flatMap(({ object }) => holdings(object)));
  const freed = [...everHeld].filter((one) => !taken.has(one));
  const sample = [...[...taken].slice(-6), ...freed.slice(-6)];
  for (const one of sample) {
    const isFree = !taken.has(one);
    const spec = one.includes('.')
      ? { clusterIP: one, ports: [{ port: 80 }] }
      : { type: 'NodePort', ports: [{ port: 80, nodePort: Number(one) }] };
    const draft = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'allocation-probe', namespace: 'default' },
      spec,
    };
    const reply = await api.sendJson('POST', '/api/v1/namespaces/default/services', draft);
    if (reply.status === 201) await api.send('DELETE', '/api/v1/namespaces/default/services/allocation-probe');
    if (reply.status !== (isFree ? 201 : 422)) {
      problems.push(`${one} is ${isFree ? 'held by no Service' : 'held'}, but asking for it gets ${reply.text}`);
    }
  }
  return problems;
}
