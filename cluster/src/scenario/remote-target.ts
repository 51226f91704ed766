import {
  apiVersionOf,
  HttpTransport,
  isNotFound,
  KubeClient,
  loadKubeconfig,
  pathOf,
  PODS,
  realClock,
  sleep,
  type Pod,
  type Resource,
} from '@kubarium/shared';
import { keptAlive } from '../embedded/kept-alive.ts';
import type { ScenarioTarget } from './target.ts';

const POLL_MS = 200;

interface ResourceList {
  readonly resources: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

/** Any cluster, by its kubeconfig: a real one too. Time is the machine's; what only a simulator can do is not there. */
export class RemoteTarget implements ScenarioTarget {
  readonly client: KubeClient;
  readonly simulator = undefined;
  readonly resources = undefined;
  readonly #transport: HttpTransport;
  #isDisposed = false;
  readonly #served = new Map<string, Promise<readonly Resource[]>>();

  constructor(kubeconfig: string) {
    this.#transport = new HttpTransport(loadKubeconfig(kubeconfig));
    this.client = new KubeClient(this.#transport);
  }

  now(): number {
    return realClock.now();
  }

  async resourceOf(apiVersion: string, kind: string): Promise<Resource | undefined> {
    let served = this.#served.get(apiVersion);
    if (served === undefined) this.#served.set(apiVersion, (served = this.#discover(apiVersion)));
    const found = (await served).find((resource) => resource.kind === kind);
    // A kind may come to be served while a scenario runs: a CustomResourceDefinition.
    if (found === undefined) this.#served.delete(apiVersion);
    return found;
  }

  async serverVersion(): Promise<Readonly<Record<string, unknown>>> {
    return JSON.parse(await this.#transport.text('/version')) as Record<string, unknown>;
  }

  async until(condition: () => boolean | Promise<boolean>, limitMs: number): Promise<boolean> {
    const end = realClock.now() + limitMs;
    while (!(await condition())) {
      // Whoever waited has been interrupted.
      if (this.#isDisposed) return false;
      const left = end - realClock.now();
      if (left <= 0) return false;
      await keptAlive(() => sleep(realClock, Math.min(POLL_MS, left)));
    }
    return true;
  }

  async logs(
    { metadata: { namespace, name } }: Pod,
    container: string,
    lines: number | undefined,
  ): Promise<string | undefined> {
    const query = { container, ...(lines === undefined ? {} : { tailLines: String(lines) }) };
    try {
      return await this.#transport.text(pathOf({ resource: PODS, namespace, name, subresource: 'log', query }));
    } catch {
      // The container has not started, or the node cannot be reached: there are no lines to show.
      return undefined;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    this.#transport[Symbol.dispose]();
  }

  async #discover(apiVersion: string): Promise<readonly Resource[]> {
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    const of = { group: group!, version: version! };
    const path = `${of.group === '' ? '/api' : '/apis'}/${apiVersionOf(of)}`;
    try {
      const { resources } = JSON.parse(await this.#transport.text(path)) as ResourceList;
      return resources
        .filter(({ name }) => !name.includes('/'))
        .map(({ name, kind, namespaced }) => ({ ...of, resource: name, kind, namespaced }));
    } catch (error) {
      if (isNotFound(error)) return [];
      throw error;
    }
  }
}
