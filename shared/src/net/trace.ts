/** One candidate that a decision had, and why it was or was not taken. */
export interface Alternative {
  readonly what: string;
  readonly why: string;
  readonly taken: boolean;
}

/** One step of a request on its way: where it was, what was asked, what was decided and on what evidence. */
export interface Hop {
  /** The stage: `resolver`, `dns`, `service`, `policy`, `connect`, `http`, ... */
  readonly stage: string;
  /** Where: a pod, a node, the DNS server. */
  readonly where: string;
  readonly asked: string;
  readonly verdict: string;
  /** The rule or record that decided. */
  readonly reason: string;
  readonly alternatives?: readonly Alternative[] | undefined;
  /** False where the request went no further because of this hop. */
  readonly ok: boolean;
  /** Further facts by name, for programs. */
  readonly facts?: Readonly<Record<string, unknown>> | undefined;
}

/** Collects the hops of one request in order; the clock's time of each is noted by the sink. */
export interface TraceSink {
  hop(hop: Hop): void;
}

/** One sink out of two that may be absent. */
export function joinedSinks(one: TraceSink | undefined, other: TraceSink | undefined): TraceSink | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return {
    hop(hop) {
      one.hop(hop);
      other.hop(hop);
    },
  };
}

/** A request of a pod's process that is to be traced on demand. */
export interface RequestedTrace {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly node: string;
  readonly address: string;
  readonly url: string;
}

/** Keeps traces of single requests, to be looked at afterwards. */
export interface TraceKeeper {
  begin(request: RequestedTrace): KeptTrace;
}

export interface KeptTrace extends TraceSink {
  /** Closes the trace with what came back: the answer's code, or why there is none. Returns the command that shows it. */
  end(outcome: { readonly code?: number | undefined; readonly error?: string | undefined }): string;
}
