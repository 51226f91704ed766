import type { Protocol, SandboxOwner, SocketAddress } from './network-namespace.ts';
import type { TraceSink } from './trace.ts';

/** A new connection, or a datagram, about to leave its source. */
export interface Flow {
  readonly protocol: Protocol;
  readonly from: SandboxOwner;
  readonly source: SocketAddress;
  readonly destination: SocketAddress;
  readonly trace?: TraceSink | undefined;
}

/**
 * What a stage decides: let it go on unchanged, send it elsewhere (DNAT; `sourceAddress` also masquerades), refuse it at once
 * (a RST: ECONNREFUSED), or drop it without a word (the client times out).
 */
export type Verdict =
  | { readonly action: 'pass' }
  | { readonly action: 'rewrite'; readonly destination: SocketAddress; readonly sourceAddress?: string | undefined }
  | { readonly action: 'refuse' }
  | { readonly action: 'drop' };

/**
 * One stage of a packet's path, in the order in which the composition root adds them: the virtual IPs of the source's node,
 * network policy, faults. Called synchronously for each new flow; replies follow the flow back without being asked about.
 */
export interface PathStage {
  readonly name: string;
  decide(flow: Flow): Verdict;
  /**
   * Whether a rewrite that this stage decided earlier still stands. Asked before each further datagram of a tracked UDP flow;
   * where it does not, the flow is forgotten and decided anew (as kube-proxy deletes conntrack entries of endpoints that are
   * gone). Absent: it stands until the flow has been idle too long.
   */
  stands?(flow: Flow, destination: SocketAddress): boolean;
}
