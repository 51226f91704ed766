import type { Timer } from '@kubarium/shared';
import { PodSandbox, type SandboxOwner } from './container/pod-sandbox.ts';
import type { PodVolumes } from './container/volumes/pod-volumes.ts';
import { formatPod } from './go-format.ts';
import type { NodeContext } from './node-context.ts';

const FIRST_MOUNT_RETRY_MS = 500;
const LONGEST_MOUNT_RETRY_MS = 122_000;
const SANDBOX_RETRY_MS = 10_000;

export interface PreparationOwner extends SandboxOwner {
  readonly volumes: PodVolumes;
  /** Called once, last: the volumes are mounted, and the sandbox has its addresses. */
  prepared(sandbox: PodSandbox): void;
}

/** What a pod needs before its containers: mounts its volumes and plugs it into the network, again and again until both is done. */
export class PodPreparation implements Disposable {
  readonly #context: NodeContext;
  readonly #owner: PreparationOwner;
  #mountRetryMs = FIRST_MOUNT_RETRY_MS;
  #isUnderWay = false;
  #isOver = false;
  #retry: Timer | undefined;

  constructor(context: NodeContext, owner: PreparationOwner) {
    this.#context = context;
    this.#owner = owner;
  }

  /** Tries now, unless it just does. */
  try(): void {
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    const { activity, logger } = this.#context.runtime;
    activity?.begin();
    this.#mountAndPlug()
      .catch((error: unknown) => {
        logger.error({ pod: formatPod(this.#owner.pod), err: error }, 'invariant: a pod could not be prepared');
        this.#tryAgain(SANDBOX_RETRY_MS);
      })
      .finally(() => activity?.end());
  }

  /** The pod is not to begin any more, or has begun. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#retry?.cancel();
  }

  async #mountAndPlug(): Promise<void> {
    const problem = this.#owner.pod.spec.hostNetwork === true ? undefined : this.#context.networkProblem();
    if (problem !== undefined) {
      this.#warn('NetworkNotReady', `network is not ready: ${problem}`);
      return this.#tryAgain(SANDBOX_RETRY_MS);
    }
    const failures = await this.#owner.volumes.mount();
    if (this.#isOver) return;
    for (const { name, message } of failures)
      this.#warn('FailedMount', `MountVolume.SetUp failed for volume "${name}" : ${message}`);
    if (failures.length > 0) {
      const delayMs = this.#mountRetryMs;
      this.#mountRetryMs = Math.min(delayMs * 2, LONGEST_MOUNT_RETRY_MS);
      return this.#tryAgain(delayMs);
    }
    const sandbox = PodSandbox.create(this.#context, this.#owner);
    if (sandbox === undefined) {
      this.#warn(
        'FailedCreatePodSandBox',
        'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox: no IP addresses available in the range of the node',
      );
      return this.#tryAgain(SANDBOX_RETRY_MS);
    }
    this.#owner.prepared(sandbox);
  }

  #tryAgain(delayMs: number): void {
    if (this.#isOver) return;
    this.#isUnderWay = false;
    this.#retry?.cancel();
    this.#retry = this.#context.runtime.clock.setTimer(delayMs, () => this.try());
  }

  #warn(reason: string, message: string): void {
    this.#context.events.event(this.#owner.pod, 'Warning', reason, message);
  }
}
