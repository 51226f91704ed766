import type { Container, Probe, Timer } from '@kubarium/shared';
import { expandVariables } from '../container/expansion.ts';
import { execProbe } from './exec-probe.ts';
import { grpcProbe } from './grpc-probe.ts';
import { httpProbe } from './http-probe.ts';
import type { Attempt, ProbeOutcome, ProbeTarget } from './probe-target.ts';
import { tcpProbe } from './tcp-probe.ts';

export type ProbeKind = 'startup' | 'readiness' | 'liveness';

/** Who is told what the probes of a container find. */
export interface ProbeListener {
  /** `isStarted` or `isReady` has changed. */
  changed(): void;
  /** A startup or liveness probe failed as often as it may: the container is to be ended. */
  failed(kind: 'startup' | 'liveness', probe: Probe): void;
  /** An event for the user. */
  report(reason: 'Unhealthy' | 'ProbeWarning', message: string): void;
}

const SPELLED: Record<ProbeKind, string> = { startup: 'Startup', readiness: 'Readiness', liveness: 'Liveness' };

/** How soon the first probe of a container without an initial delay comes: its process gets that long to open its port. */
const FIRST_PROBE_MS = 100;

export const hasProbes = ({ startupProbe, readinessProbe, livenessProbe }: Container): boolean =>
  startupProbe !== undefined || readinessProbe !== undefined || livenessProbe !== undefined;

/**
 * The probes of one running container (docs: "Configure Liveness, Readiness and Startup Probes"): the startup probe alone until
 * it succeeds, then readiness and liveness, each on its own beat. Ends for good when disposed.
 */
export class ContainerProbes implements Disposable {
  readonly #target: ProbeTarget;
  readonly #listener: ProbeListener;
  readonly #runners: ProbeRunner[] = [];
  #isStarted = false;
  #isReady = false;

  constructor(target: ProbeTarget, listener: ProbeListener) {
    this.#target = target;
    this.#listener = listener;
    const { startupProbe } = target.spec;
    if (startupProbe === undefined) this.#begin();
    else this.#run('startup', startupProbe);
  }

  /** The startup probe, if any, has succeeded. */
  get isStarted(): boolean {
    return this.#isStarted;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** The pod is being deleted: only readiness goes on. */
  stopLiveness(): void {
    for (const runner of this.#runners) if (runner.kind !== 'readiness') runner[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    for (const runner of this.#runners) runner[Symbol.dispose]();
  }

  #begin(): void {
    const { readinessProbe, livenessProbe } = this.#target.spec;
    this.#isStarted = true;
    this.#isReady = readinessProbe === undefined;
    if (readinessProbe !== undefined) this.#run('readiness', readinessProbe);
    if (livenessProbe !== undefined) this.#run('liveness', livenessProbe);
  }

  #run(kind: ProbeKind, probe: Probe): void {
    const judged = (isGood: boolean): void => this.#judged(kind, probe, isGood);
    this.#runners.push(new ProbeRunner(kind, probe, this.#target, this.#listener, judged));
  }

  #judged(kind: ProbeKind, probe: Probe, isGood: boolean): void {
    if (kind === 'readiness') {
      if (this.#isReady === isGood) return;
      this.#isReady = isGood;
    } else if (isGood) this.#begin();
    else return this.#listener.failed(kind, probe);
    this.#listener.changed();
  }
}

/** One probe on its beat. */
class ProbeRunner implements Disposable {
  readonly kind: ProbeKind;
  readonly #probe: Probe;
  readonly #target: ProbeTarget;
  readonly #listener: Pick<ProbeListener, 'report'>;
  /** Told of each verdict that counts: of readiness all, else the last one, after which the probe has ended. */
  readonly #judged: (isGood: boolean) => void;
  readonly #periodMs: number;
  readonly #attempt: Attempt;
  readonly #tick = (): void => void this.#run();
  #timer: Timer;
  #last: boolean | undefined;
  #inRow = 0;
  #stopped = false;

  constructor(
    kind: ProbeKind,
    probe: Probe,
    target: ProbeTarget,
    listener: Pick<ProbeListener, 'report'>,
    judged: (isGood: boolean) => void,
  ) {
    this.kind = kind;
    this.#probe = probe;
    this.#target = target;
    this.#listener = listener;
    this.#judged = judged;
    this.#periodMs = (probe.periodSeconds ?? 10) * 1000;
    this.#attempt = prepared(probe, target);
    const delayMs = Math.max((probe.initialDelaySeconds ?? 0) * 1000, FIRST_PROBE_MS);
    this.#timer = target.clock.setTimer(delayMs, this.#tick);
  }

  [Symbol.dispose](): void {
    this.#stopped = true;
    this.#timer.cancel();
  }

  async #run(): Promise<void> {
    const startedMs = this.#target.clock.now();
    const outcome = await this.#attempt();
    if (this.#stopped) return;
    this.#judge(outcome);
    // The beat does not shift with the time that a probe takes; a probe never overlaps itself.
    const tookMs = this.#target.clock.now() - startedMs;
    const restMs = tookMs < this.#periodMs ? this.#periodMs - tookMs : this.#periodMs - (tookMs % this.#periodMs);
    if (!this.#stopped) this.#timer = this.#target.clock.setTimer(restMs, this.#tick);
  }

  #judge(outcome: ProbeOutcome): void {
    const spelled = SPELLED[this.kind];
    if (outcome.result === 'error') {
      this.#listener.report('Unhealthy', `${spelled} probe errored and resulted in unknown state: ${outcome.message}`);
      return;
    }
    if (outcome.result === 'warning')
      this.#listener.report('ProbeWarning', `${spelled} probe warning: ${outcome.message}`);
    if (outcome.result === 'failure') this.#listener.report('Unhealthy', `${spelled} probe failed: ${outcome.message}`);
    const isGood = outcome.result !== 'failure';
    this.#inRow = this.#last === isGood ? this.#inRow + 1 : 1;
    this.#last = isGood;
    const { failureThreshold = 3, successThreshold = 1 } = this.#probe;
    if (this.#inRow < (isGood ? successThreshold : failureThreshold)) return;
    if (isGood && this.kind === 'liveness') return;
    if (this.kind !== 'readiness') this[Symbol.dispose]();
    this.#judged(isGood);
  }
}

/** A probe made ready to be tried many times. One that cannot be made at all fails each time, with the reason. */
function prepared(probe: Probe, target: ProbeTarget): Attempt {
  const { exec, httpGet, tcpSocket, grpc, timeoutSeconds = 1 } = probe;
  const timeoutMs = timeoutSeconds * 1000;
  try {
    if (httpGet !== undefined) return httpProbe(httpGet, target, timeoutMs);
    if (tcpSocket !== undefined) return tcpProbe(tcpSocket, target, timeoutMs);
    if (grpc !== undefined) return grpcProbe(grpc, target, timeoutMs);
    if (exec === undefined) throw new Error(`missing probe handler for ${target.spec.name}`);
    // Of the container's variables only those with a fixed value are known here.
    const { env = [] } = target.spec;
    const value = (name: string): string | undefined => env.find((one) => one.name === name)?.value;
    return execProbe(
      (exec.command ?? []).map((word) => expandVariables(word, value)),
      target,
      timeoutMs,
    );
  } catch (error) {
    const outcome: ProbeOutcome = { result: 'error', message: (error as Error).message };
    return () => Promise.resolve(outcome);
  }
}
