import {
  joinedSinks,
  type FlowEnd,
  type FlowRecord,
  type FlowTap,
  type Hop,
  type Protocol,
  type SandboxOwner,
  type SocketAddress,
  type TraceSink,
} from '@kubarium/shared';

/** Where a tap is plugged in. While it is empty and nobody traces a flow, the flow costs one look and no memory. */
export class TapSocket {
  tap: FlowTap | undefined;

  /** Whoever is to be told of a flow; undefined where nobody wants to know. */
  listeners(
    protocol: Protocol,
    from: SandboxOwner,
    source: SocketAddress,
    destination: SocketAddress,
    trace: TraceSink | undefined,
    data?: Uint8Array,
  ): FlowListeners | undefined {
    if (this.tap === undefined) return trace === undefined ? undefined : new FlowListeners(trace, undefined);
    const record = this.tap.begin({ protocol, from, source, destination, data });
    return new FlowListeners(joinedSinks(trace, record)!, record);
  }
}

/** Those who are told of one flow: who traces the request that it belongs to, and the tap. */
export class FlowListeners implements TraceSink {
  readonly #sink: TraceSink;
  readonly #record: FlowRecord | undefined;

  constructor(sink: TraceSink, record: FlowRecord | undefined) {
    this.#sink = sink;
    this.#record = record;
  }

  hop(hop: Hop): void {
    this.#sink.hop(hop);
  }

  end(end: FlowEnd): void {
    this.#record?.end(end);
  }
}

/** Holds hops back until it is known whether they tell anything new. */
export class HeldHops implements TraceSink {
  readonly #hops: Hop[] = [];

  hop(hop: Hop): void {
    this.#hops.push(hop);
  }

  releaseTo(sink: TraceSink): void {
    for (const hop of this.#hops) sink.hop(hop);
  }
}
