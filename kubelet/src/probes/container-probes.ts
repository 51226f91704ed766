import type { Probe, Timer } from '@kubarium/shared';
import { expandVariables } from '../container/expansion.ts';
import { execProbe } from './exec-probe.ts';
import { grpcProbe } from './grpc-probe.ts';
import { httpProbe } from './http-probe.ts';
import type { Attempt, ProbeOutcome, ProbeTarget } from './probe-target.ts';
import { tcpProbe } from './tcp-probe.ts';

export type ProbeKind = 'startup' | 'readiness' | 'liveness';

/** Who is told what the probes of a container find. */
export interface ProbeListener {
  /** The startup probe succeeded. */
  started(): void;
  ready(isReady: boolean): void;
  /** A startup or liveness probe failed as often as it may: the container is to be ended. */
  failed(kind: 'startup' | 'liveness', probe: Probe): void;
  /** An event for the user. */
  report(reason: 'Unhealthy' | 'ProbeWarning', message: string): void;
}

const SPELLED: Record<ProbeKind, string> = { startup: 'Startup', readiness: 'Readiness', liveness: 'Liveness' };

/** How soon the first probe of a container without an initial delay comes: its process gets that long to open its port. */
const FIRST_PROBE_MS = 100;

/**
 * The probes of one running container (docs: "Configure Liveness, Readiness and Startup Probes"): the startup probe alone until
 * it succeeds, then readiness and liveness, each on its own beat. Ends for good when disposed.
 */
export class ContainerProbes implements Disposable {
  readonly #runners: ProbeRunner[] = [];

  constructor(target: ProbeTarget, listener: ProbeListener) {
    const { startupProbe, readinessProbe, livenessProbe } = target.spec;
    const begin = (): void => {
      if (readinessProbe !== undefined) this.#run('readiness', readinessProbe, target, listener);
      if (livenessProbe !== undefined) this.#run('liveness', livenessProbe, target, listener);
    };
    if (startupProbe === undefined) begin();
    else
      this.#run('startup', startupProbe, target, { ...bound(listener), started: () => (listener.started(), begin()) });
  }

  /** The pod is being deleted: only readiness goes on. */
  stopLiveness(): void {
    for (const runner of this.#runners) if (runner.kind !== 'readiness') runner[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    for (const runner of this.#runners) runner[Symbol.dispose]();
  }

  #run(kind: ProbeKind, probe: Probe, target: ProbeTarget, listener: ProbeListener): void {
    this.#runners.push(new ProbeRunner(kind, probe, target, listener));
  }
}

const bound = (listener: ProbeListener): ProbeListener => ({
  started: () => listener.started(),
  ready: (isReady) => listener.ready(isReady),
  failed: (kind, probe) => listener.failed(kind, probe),
  report: (reason, message) => listener.report(reason, message),
});

/** One probe on its beat. */
class ProbeRunner implements Disposable {
  readonly kind: ProbeKind;
  readonly #probe: Probe;
  readonly #target: ProbeTarget;
  readonly #listener: ProbeListener;
  readonly #periodMs: number;
  readonly #attempt: Attempt;
  readonly #tick = (): void => void this.#run();
  #timer: Timer;
  #last: boolean | undefined;
  #inRow = 0;
  #stopped = false;

  constructor(kind: ProbeKind, probe: Probe, target: ProbeTarget, listener: ProbeListener) {
    this.kind = kind;
    this.#probe = probe;
    this.#target = target;
    this.#listener = listener;
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
    if (this.kind === 'readiness') return this.#listener.ready(isGood);
    if (isGood && this.kind === 'liveness') return;
    this[Symbol.dispose]();
    if (isGood) this.#listener.started();
    else this.#listener.failed(this.kind, this.#probe);
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
