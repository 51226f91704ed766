import type { ApiConnection } from '../support/api-connection.ts';
import { until } from './history.ts';

const PATH = '/api/v1/namespaces/default/pods';
const NAMES = ['steady-0', 'steady-1', 'steady-2'];

interface PodState {
  readonly uid: string;
  readonly ip: string;
  readonly restarts: number;
}

interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly status: {
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly { readonly restartCount: number }[];
  };
}

/** Pods that nobody writes to: a crash restarts them, as the reboot of their node would. */
export class SteadyPods {
  readonly problems: string[] = [];
  #known = new Map<string, PodState>();

  async begin(api: ApiConnection): Promise<void> {
    for (const name of NAMES) {
      const spec = { containers: [{ name: 'app', image: 'my-app' }] };
      await api.json('POST', PATH, { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec });
    }
    this.#known = await this.#running(api, () => true);
  }

  /** Waits for each pod to run again: the same pod, with a higher restart count and another address. */
  async afterRestart(api: ApiConnection): Promise<void> {
    const before = this.#known;
    const after = await this.#running(api, (name, { restarts }) => restarts > before.get(name)!.restarts);
    for (const [name, { uid, ip }] of after) {
      const old = before.get(name)!;
      if (uid !== old.uid) this.problems.push(`${name} is another pod: ${old.uid} has become ${uid}`);
      if (ip === old.ip) this.problems.push(`${name} has kept its address ${ip}`);
    }
    if (new Set([...after.values()].map(({ ip }) => ip)).size !== NAMES.length) {
      this.problems.push(`pods share an address: ${JSON.stringify([...after])}`);
    }
    this.#known = after;
  }

  async #running(
    api: ApiConnection,
    isNew: (name: string, state: PodState) => boolean,
  ): Promise<Map<string, PodState>> {
    let states = new Map<string, PodState>();
    let seen = '';
    await until(async () => {
      states = new Map();
      const { items } = await api.json<{ items: Pod[] }>('GET', PATH);
      seen = JSON.stringify(items.map(({ metadata, status }) => [metadata.name, status]));
      for (const { metadata, status } of items) {
        const isReady = status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True');
        const restarts = status.containerStatuses?.[0]?.restartCount;
        if (isReady !== true || status.podIP === undefined || restarts === undefined) continue;
        const state = { uid: metadata.uid, ip: status.podIP, restarts };
        if (isNew(metadata.name, state)) states.set(metadata.name, state);
      }
      return NAMES.every((name) => states.has(name));
    }, 'the steady pods do not run (again)').catch((error: unknown) => {
      throw new Error(`${String(error)}: ${seen}`);
    });
    return states;
  }
}
