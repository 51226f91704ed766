import { questionText } from '@kubarium/dns';
import { RecentLane, RecentObjects, type ReadableResource } from '@kubarium/apiserver';
import {
  apiVersionOf,
  socketAddressText,
  timestamp,
  type FlowEnd,
  type FlowRecord,
  type FlowTap,
  type Hop,
  type KeptTrace,
  type RequestedTrace,
  type Runtime,
  type TappedFlow,
  type TraceKeeper,
} from '@kubarium/shared';
import { TRACE_DEFINITION } from './trace-definition.ts';
import { TraceRecorder } from './trace-recorder.ts';
import { TRACES, type Trace, type TraceDestination, type TraceSpec, type TraceStatus } from './trace-resource.ts';
import { flowJudgement, requestedServiceOf, requestJudgement, serviceOf } from './trace-verdict.ts';

export interface TraceJournalOptions {
  readonly runtime: Runtime;
  /** Plugs the tap into the network, or with `undefined` pulls it out. */
  readonly tap: (tap: FlowTap | undefined) => void;
  /** What else is known about a hop, as a hop that comes before it. */
  readonly evidence: (hop: Hop, before: readonly Hop[]) => Hop | undefined;
}

/** How much of an answer's body is kept; the whole of it goes to whoever made the request. */
const KEPT_BODY_CHARACTERS = 4096;
const DNS_PORT = 53;
/** A name's most, less the number at its end. */
const MAX_NAME_BASE = 240;

/**
 * The Traces that can be looked at: the last requests that were traced on demand, and the last connections and datagrams of the cluster,
 * recorded only while somebody watches Traces. What is followed never pushes out what was asked for.
 */
export class TraceJournal implements TraceKeeper {
  /** For the API server. */
  readonly reads: ReadableResource;
  readonly #options: TraceJournalOptions;
  readonly #recent: RecentObjects;
  readonly #requests = new RecentLane('requests', { objects: 256, characters: 4_000_000 });
  readonly #flows = new RecentLane('flows', { objects: 1024, characters: 8_000_000 });
  readonly #random: Runtime['random'];
  #count = 0;

  constructor(options: TraceJournalOptions) {
    const { runtime } = options;
    this.#options = options;
    this.#random = runtime.random.fork('traces');
    const tap: FlowTap = { begin: (flow) => this.#record(flow) };
    this.#recent = new RecentObjects({
      definition: TRACE_DEFINITION,
      runtime,
      onWatched: (isWatched) => options.tap(isWatched ? tap : undefined),
    });
    this.reads = this.#recent;
  }

  /** Takes down the hops of a request. */
  recorder(): TraceRecorder {
    return new TraceRecorder(this.#options.runtime.clock, this.#options.evidence);
  }

  begin({ namespace, pod, container, node, address, url }: RequestedTrace): KeptTrace {
    const recorder = this.recorder();
    return {
      hop: (hop) => recorder.hop(hop),
      end: ({ code, error }) => {
        const source = { pod: `${namespace}/${pod}`, address, node };
        const response = code === undefined ? undefined : { code };
        const status = requestStatus(recorder, { source, response, error });
        const { metadata } = this.keep({ metadata: { namespace }, spec: { pod, container, url }, status });
        return `kubarium trace --show ${metadata.name}${namespace === 'default' ? '' : ` -n ${namespace}`}`;
      },
    };
  }

  /** Keeps the Trace of a request; returns it with the name under which it can be found. */
  keep(draft: TraceDraft): Trace {
    const trace = this.#named(draft, draft.spec.pod ?? 'request');
    const { response } = trace.status;
    const isLong = response?.body !== undefined && response.body.length > KEPT_BODY_CHARACTERS;
    const kept = isLong ? { ...response, body: `${response.body!.slice(0, KEPT_BODY_CHARACTERS)}…` } : response;
    this.#recent.add(this.#requests, { ...trace, status: { ...trace.status, response: kept } } as Trace);
    return trace;
  }

  #record(flow: TappedFlow): FlowRecord {
    const recorder = new TraceRecorder(this.#options.runtime.clock);
    const isQuery = flow.protocol === 'UDP' && flow.destination.port === DNS_PORT && flow.data !== undefined;
    const question = isQuery ? questionText(flow.data!) : undefined;
    return {
      hop: (hop) => recorder.hop(hop),
      end: (end) => {
        const draft = flowDraft(flow, question, end, recorder);
        this.#recent.add(this.#flows, this.#named(draft, flow.from.pod?.name ?? flow.from.node));
      },
    };
  }

  #named({ metadata, spec, status }: TraceDraft, base: string): Trace {
    const number = ++this.#count;
    const { generateName } = metadata;
    const generated =
      generateName === undefined || generateName === ''
        ? `${base.slice(0, MAX_NAME_BASE)}-${number}`
        : `${generateName.slice(0, MAX_NAME_BASE)}${this.#random.suffix(5)}`;
    return {
      kind: TRACES.kind,
      apiVersion: apiVersionOf(TRACES),
      metadata: {
        ...metadata,
        name: metadata.name ?? generated,
        uid: this.#random.uuid(),
        creationTimestamp: timestamp(this.#options.runtime.clock.now()),
      },
      spec,
      status,
    } as Trace;
  }
}

/** A Trace that has no name yet, or one that its maker has given it. */
export interface TraceDraft {
  readonly metadata: {
    readonly namespace?: string | undefined;
    readonly name?: string | undefined;
    readonly generateName?: string | undefined;
  };
  readonly spec: TraceSpec;
  readonly status: TraceStatus;
}

/** The status of a request that has ended. */
export function requestStatus(
  { hops, elapsedMs }: Pick<TraceRecorder, 'hops' | 'elapsedMs'>,
  { source, response, error }: Pick<TraceStatus, 'source' | 'response' | 'error'>,
): TraceStatus {
  const { verdict, reason } = requestJudgement(hops, response !== undefined, error);
  return {
    verdict,
    reason,
    source,
    destination: requestDestination(hops),
    service: requestedServiceOf(hops),
    durationMs: elapsedMs,
    hops,
    response,
    error,
  };
}

/** Where the last connection of a request arrived. */
function requestDestination(hops: readonly Hop[]): TraceDestination | undefined {
  const { target, owner } = hops.findLast(({ stage }) => stage === 'connect')?.facts ?? {};
  return destinationOf({ outcome: 'delivered', target, to: owner } as FlowEnd);
}

function flowDraft(
  flow: TappedFlow,
  question: string | undefined,
  end: FlowEnd,
  { hops, elapsedMs }: TraceRecorder,
): TraceDraft {
  const { protocol, from, source, destination } = flow;
  const { verdict, reason } = flowJudgement(hops, end);
  const status: TraceStatus = {
    verdict,
    reason,
    source: { pod: podText(from), address: source.address, port: source.port, node: from.node },
    destination: destinationOf(end),
    service: serviceOf(hops),
    durationMs: elapsedMs,
    hops,
  };
  const namespace = from.pod?.namespace ?? end.to?.pod?.namespace ?? 'kube-system';
  const spec = { pod: from.pod?.name, protocol, destination: socketAddressText(destination), question };
  return { metadata: { namespace }, spec, status };
}

function destinationOf({ target, to }: FlowEnd): TraceDestination | undefined {
  if (target === undefined) return undefined;
  const { address, port } = target;
  return to === undefined ? { address, port } : { pod: podText(to), node: to.node, address, port };
}

const podText = ({ pod }: TappedFlow['from']): string | undefined => pod && `${pod.namespace}/${pod.name}`;
