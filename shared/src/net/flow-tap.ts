import type { SandboxOwner, SocketAddress } from './network-namespace.ts';
import type { Flow } from './path-stage.ts';
import type { TraceSink } from './trace.ts';

/** A connection or a datagram that is about to leave its source. */
export interface TappedFlow extends Omit<Flow, 'trace'> {
  /** What a datagram carries. Only for as long as the call lasts. */
  readonly data?: Uint8Array | undefined;
}

/**
 * What became of a flow: somebody took it; it was refused; it was lost by a stage's decision; nobody has the address. A connection that
 * waits for an answer ends with its first SYN, and is told of again should a later one fare otherwise.
 */
export interface FlowEnd {
  readonly outcome: 'delivered' | 'refused' | 'dropped' | 'unreachable';
  /** The stage of the path that refused or dropped it, where one did. */
  readonly by?: string | undefined;
  /** Where it was going once it was rewritten, and whose address that is; absent where the address is nobody's own, as a Service's. */
  readonly target?: SocketAddress | undefined;
  readonly to?: SandboxOwner | undefined;
}

/** Takes what the stages of the path report of one flow, and then, once, how it ended. */
export interface FlowRecord extends TraceSink {
  end(end: FlowEnd): void;
}

/**
 * Is told of every new connection and every datagram of a pod network while it is plugged in, synchronously and in their order. Answers
 * to a datagram belong to it, as the bytes that come back on a connection do: they are told of only where they do not arrive.
 */
export interface FlowTap {
  begin(flow: TappedFlow): FlowRecord;
}
