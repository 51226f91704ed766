import {
  EVENTS,
  isAlreadyExists,
  isNotFound,
  keyOf,
  parseKey,
  referenceTo,
  timestamp,
  type Component,
  type EndpointSlice,
  type Runtime,
  type Service,
  type Timer,
} from '@kubarium/shared';
import { SERVICE_NAME_LABEL } from '@kubarium/proxy';
import type { ClusterView } from './cluster-view.ts';
import { explainService } from './explain-service.ts';
import type { Finding } from './finding.ts';
import { gatherFacts } from './gather-facts.ts';

/** How long a Service must have been left alone before it is looked at, and how long a restless one is waited for. */
const SETTLE_MS = 10_000;
const RESTLESS_MS = 30_000;
/** A Service that was found broken is looked at soon after a change, since it may be mended. */
const MENDED_MS = 5_000;
/** How many Services are looked at in one turn. */
const AT_ONCE = 20;

/** What mends a pod may be seen in none of the Service's objects (a program that begins to listen), so broken ones are looked at again. */
const LOOK_AGAIN_MS = 30_000;

const REPORTER = 'kubarium';
const LABEL = 'sim.kubarium.dev/finding';

interface Watched {
  timer: Timer | undefined;
  /** When the first change came that was not yet looked at. */
  changedMs: number;
  /** The event that tells what is wrong. */
  told: { readonly cause: string; readonly event: string } | undefined;
}

/**
 * Says on each Service that stays broken what is wrong with it, as one Warning event by `kubarium`, and takes it back when the Service
 * is mended. Looks only at Services that something has happened to, themselves, their EndpointSlices or their pods, and only once that
 * has come to rest, so that a rollout says nothing. What only some clients meet (network policies, DNS, a degraded Service) is not told.
 */
export class ServiceHealth implements Component {
  readonly name = 'service-health';
  readonly #view: ClusterView;
  readonly #runtime: Runtime;
  readonly #watched = new Map<string, Watched>();
  readonly #due: string[] = [];
  #work: Promise<void> | undefined;
  #started = false;
  #stopped = false;

  constructor(view: ClusterView, runtime: Runtime) {
    this.#view = view;
    this.#runtime = runtime;
    const ofService = (service: Service): void => this.#note(keyOf(service));
    view.services.onChange({ added: ofService, updated: ofService, deleted: ofService });
    const ofSlice = ({ metadata }: EndpointSlice): void => {
      const service = metadata.labels?.[SERVICE_NAME_LABEL];
      if (service !== undefined) this.#note(`${metadata.namespace}/${service}`);
    };
    view.slices.onChange({ added: ofSlice, updated: ofSlice, deleted: ofSlice });
  }

  async start(): Promise<void> {
    await this.#view.options.informers.start();
    await this.#adoptEvents();
    this.#started = true;
    for (const service of this.#view.services.store.list()) this.#note(keyOf(service));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    for (const { timer } of this.#watched.values()) timer?.cancel();
    await this.#work;
  }

  /** What an earlier start of the cluster has told is taken back or kept by this one. */
  async #adoptEvents(): Promise<void> {
    const { items } = await this.#view.options.client.list(EVENTS, { fieldSelector: `source=${REPORTER}` });
    for (const { metadata, involvedObject, reason = '' } of items) {
      if (involvedObject.kind !== 'Service' || metadata.labels?.[LABEL] === undefined) continue;
      this.#watched.set(`${involvedObject.namespace}/${involvedObject.name}`, {
        timer: undefined,
        changedMs: this.#runtime.clock.now(),
        told: { cause: reason, event: metadata.name },
      });
    }
  }

  /** Sets the time at which a Service is looked at: each change puts it off, but not for ever. */
  #note(key: string): void {
    if (!this.#started || this.#stopped) return;
    const now = this.#runtime.clock.now();
    const watched = this.#watched.get(key) ?? { timer: undefined, changedMs: now, told: undefined };
    this.#watched.set(key, watched);
    if (watched.timer === undefined) watched.changedMs = now;
    watched.timer?.cancel();
    const wait = watched.told === undefined ? Math.min(SETTLE_MS, watched.changedMs + RESTLESS_MS - now) : MENDED_MS;
    this.#lookIn(key, watched, Math.max(0, wait));
  }

  #lookIn(key: string, watched: Watched, delayMs: number): void {
    watched.timer = this.#runtime.clock.setTimer(delayMs, () => {
      watched.timer = undefined;
      this.#due.push(key);
      this.#work ??= this.#lookAtAll().finally(() => (this.#work = undefined));
    });
  }

  async #lookAtAll(): Promise<void> {
    this.#runtime.activity?.begin();
    try {
      while (this.#due.length > 0 && !this.#stopped) {
        await Promise.all(this.#due.splice(0, AT_ONCE).map((key) => this.#lookAt(key)));
        await new Promise((resolve) => setImmediate(resolve));
      }
    } catch (error) {
      this.#runtime.logger.error({ err: error }, 'invariant: a Service could not be examined');
    } finally {
      this.#runtime.activity?.end();
    }
  }

  async #lookAt(key: string): Promise<void> {
    const watched = this.#watched.get(key);
    const service = this.#view.services.store.get(key);
    if (watched === undefined) return;
    const finding = service === undefined ? undefined : await this.#finding(service);
    if (finding?.cause !== watched.told?.cause) {
      if (watched.told !== undefined) await this.#withdraw(key, watched.told.event);
      watched.told = undefined;
      if (service !== undefined && finding !== undefined) {
        watched.told = { cause: finding.cause, event: await this.#tell(service, finding) };
      }
    }
    if (watched.timer !== undefined || this.#stopped) return;
    if (watched.told === undefined) this.#watched.delete(key);
    else this.#lookIn(key, watched, LOOK_AGAIN_MS);
  }

  async #finding(service: Service): Promise<Finding | undefined> {
    const { name, namespace } = service.metadata;
    const asked = { text: name, name, namespace: namespace!, address: undefined, port: undefined, protocol: undefined };
    const ports = await gatherFacts(this.#view, { asked, client: undefined, withDns: false });
    return ports
      .map((facts) => explainService(facts).finding)
      .find((one) => one !== undefined && one.isPartial !== true);
  }

  async #tell(service: Service, { cause, message, evidence, fix }: Finding): Promise<string> {
    const now = timestamp(this.#runtime.clock.now());
    const name = `${service.metadata.name.slice(0, 200)}.${REPORTER}.${cause.toLowerCase()}`;
    try {
      await this.#view.options.client.create(EVENTS, {
        metadata: { namespace: service.metadata.namespace, name, labels: { [LABEL]: 'true' } },
        involvedObject: referenceTo(service),
        type: 'Warning',
        reason: cause,
        message: [message, ...evidence.slice(0, 2)].join('; ').slice(0, 900) + `. ${fix}`.slice(0, 120),
        source: { component: REPORTER },
        firstTimestamp: now,
        lastTimestamp: now,
        count: 1,
      } as never);
    } catch (error) {
      // The namespace is being deleted, or it was told before.
      if (!isAlreadyExists(error)) this.#runtime.logger.debug({ error: String(error) }, 'an event was refused');
    }
    return name;
  }

  async #withdraw(key: string, event: string): Promise<void> {
    try {
      await this.#view.options.client.delete(EVENTS, { namespace: parseKey(key).namespace, name: event });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
