import {
  badRequest,
  type ExecOptions,
  type ExecSession,
  type KubeletApi,
  type LogOptions,
  NetError,
  type Pod,
  type Runtime,
  StatusError,
} from '@kubarium/shared';
import type { Duplex, Readable } from 'node:stream';
import { attachSession } from './exec/attach-session.ts';
import { execSession } from './exec/exec-session.ts';
import { readLog } from './logs/log-reader.ts';
import type { LogStore } from './logs/log-store.ts';
import type { ContainerInstance } from './container-instance.ts';
import type { PodContainer } from './pod-container.ts';
import type { PodWorker } from './pod-worker.ts';

/** What a kubelet serves on port 10250: logs, exec, attach and port-forward of its pods. */
export class KubeletServer implements KubeletApi {
  readonly #runtime: Runtime;
  readonly #worker: (uid: string) => PodWorker | undefined;

  constructor(runtime: Runtime, worker: (uid: string) => PodWorker | undefined) {
    this.#runtime = runtime;
    this.#worker = worker;
  }

  async containerLogs(pod: Pod, options: LogOptions): Promise<Readable> {
    return readLog(this.#log(pod, options), options, this.#runtime.clock);
  }

  async exec(pod: Pod, options: ExecOptions): Promise<ExecSession> {
    const instance = this.#liveInstance(pod, options.container);
    if (instance === undefined) throw containerNotFound(`container not found ("${options.container}")`);
    return execSession(instance.running!, options);
  }

  async attach(pod: Pod, options: Omit<ExecOptions, 'command'>): Promise<ExecSession> {
    const instance = this.#liveInstance(pod, options.container);
    const { name, namespace } = pod.metadata;
    if (instance === undefined)
      throw containerNotFound(`container ${options.container} not found in pod ${name}_${namespace}`);
    const { stdinOnce } = this.#container(pod, options.container)!.spec;
    return attachSession(instance, options, stdinOnce === true);
  }

  async portForward(pod: Pod, port: number): Promise<Duplex> {
    const worker = this.#worker(pod.metadata.uid);
    if (worker === undefined || !worker.hasSandbox) throw new NetError('EHOSTUNREACH', 'connect', '127.0.0.1', port);
    return worker.sandbox.network.connect({ address: '127.0.0.1', port });
  }

  #container(pod: Pod, name: string): PodContainer | undefined {
    return this.#worker(pod.metadata.uid)?.container(name);
  }

  #liveInstance(pod: Pod, name: string): ContainerInstance | undefined {
    const container = this.#container(pod, name);
    return container?.isLive === true ? container.current : undefined;
  }

  #log(pod: Pod, { container: name, previous }: LogOptions): LogStore {
    const podName = pod.metadata.name;
    const container = this.#container(pod, name);
    if (container === undefined) throw badRequest(`container "${name}" in pod "${podName}" is not available`);
    if (previous === true) {
      // The run that ended last: the one before a running one, or the present one where it waits to be started again.
      const ended =
        container.current?.terminated !== undefined &&
        container.status.lastState?.terminated?.containerID === container.current.containerID
          ? container.current
          : container.previous;
      if (ended === undefined)
        throw badRequest(`previous terminated container "${name}" in pod "${podName}" not found`);
      return ended.logs;
    }
    if (container.current !== undefined) return container.current.logs;
    const { waiting, terminated } = container.status.state ?? {};
    if (terminated !== undefined) throw badRequest(`container "${name}" in pod "${podName}" is terminated`);
    throw badRequest(`container "${name}" in pod "${podName}" is waiting to start: ${waitingText(waiting?.reason)}`);
  }
}

function waitingText(reason: string | undefined): string {
  if (reason === 'ErrImagePull') return "image can't be pulled";
  return reason === 'ImagePullBackOff' ? 'trying and failing to pull image' : (reason ?? '');
}

const containerNotFound = (message: string): StatusError => new StatusError({ code: 404, reason: 'NotFound', message });
