import { seededRandom } from '@kubarium/shared';
import { askingCluster } from './ask-cluster.ts';
import { fillIn, SURROUNDINGS, type Bindings } from './expression.ts';
import type { Scenario } from './parse-scenario.ts';
import type { Binding } from './scenario.ts';
import type { ScenarioTarget } from './target.ts';

export interface ScenarioPlace {
  readonly namespace: string;
  /** Which one of all scenarios it is. */
  readonly id: number;
  /** Undefined on a cluster that has none. */
  readonly seed: number | undefined;
  /** When it began, of the cluster's time. */
  readonly startMs: number;
}

/** What functions that ask the cluster are given first, as in Chainsaw. */
const THIS_CLUSTER = 'the cluster of this scenario';

/** What is bound from the start of a scenario, the cluster's time and chance among it. */
export function firstBindings({ name, metadata }: Scenario, target: ScenarioTarget, place: ScenarioPlace): Bindings {
  // On another cluster each run begins at another time, and so draws other names.
  const random = seededRandom(place.seed ?? 0).fork(`expressions of ${name} at ${place.startMs}`);
  return {
    [SURROUNDINGS]: { now: () => target.now(), random, ask: notHere },
    client: THIS_CLUSTER,
    config: THIS_CLUSTER,
    namespace: place.namespace,
    test: { id: place.id, metadata },
  };
}

function notHere(): never {
  throw new Error('the cluster is asked only in bindings, in assert and error, and in objects: bind the answer first');
}

/** The bindings around and those added; each may use those before it, and ask the cluster. */
export async function bound(
  added: readonly Binding[] | undefined,
  outer: Bindings,
  target: ScenarioTarget,
): Promise<Bindings> {
  let all = outer;
  for (const { name, value } of added ?? []) {
    all = { ...all, [name]: await askingCluster(target, all, (known) => fillIn(value, known)) };
  }
  return all;
}
