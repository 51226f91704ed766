import type { Pod } from '@kubarium/shared';
import { editDistance } from './edit-distance.ts';

export interface NearestMiss {
  readonly pod: Pod;
  /** `it has app=backend where the selector says app=backned`. */
  readonly differences: readonly string[];
  /** The selector that would match the pod. */
  readonly selector: Readonly<Record<string, string>>;
}

interface Attempt extends NearestMiss {
  readonly distance: number;
}

/** The pod whose labels come nearest to a selector, where one has at least something of it. */
export function nearestMiss(selector: Readonly<Record<string, string>>, pods: readonly Pod[]): NearestMiss | undefined {
  let nearest: Attempt | undefined;
  for (const pod of pods) {
    const attempt = compare(selector, pod);
    if (attempt !== undefined && attempt.distance < (nearest?.distance ?? Infinity)) nearest = attempt;
  }
  return nearest;
}

function compare(selector: Readonly<Record<string, string>>, pod: Pod): Attempt | undefined {
  const labels = pod.metadata.labels ?? {};
  const differences: string[] = [];
  const corrected: Record<string, string> = {};
  let distance = 0;
  let hasSomething = false;
  for (const [key, wanted] of Object.entries(selector)) {
    const had = labels[key];
    if (had === wanted) {
      corrected[key] = wanted;
      hasSomething = true;
      continue;
    }
    if (had !== undefined) {
      differences.push(`it has ${key}=${had}, the selector wants ${key}=${wanted}`);
      corrected[key] = had;
      const letters = editDistance(had, wanted);
      if (letters <= Math.max(2, wanted.length / 3)) hasSomething = true;
      distance += letters;
      continue;
    }
    // Perhaps the key is misspelt, or the value stands under another key.
    const other = Object.entries(labels).find(([name, value]) => value === wanted || editDistance(name, key) <= 2);
    distance += other === undefined ? 20 : 5;
    if (other === undefined) differences.push(`it has no label ${key}`);
    else {
      hasSomething = true;
      differences.push(`it has ${other[0]}=${other[1]}, the selector wants ${key}=${wanted}`);
      corrected[other[0]] = other[1];
    }
  }
  return hasSomething ? { pod, differences, selector: corrected, distance } : undefined;
}
