import type { PodTemplateSpec } from '@kubarium/shared';

/** No vowels, no look-alikes: a hash never spells a word (k8s.io/apimachinery, util/rand). */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * The value of the label pod-template-hash: the same for equal templates whatever the order of their fields, another for each collision
 * count. Simplified: another hash function than the real one's (FNV over Go's printed struct), so other values than a real cluster's.
 */
export function templateHash(template: PodTemplateSpec, collisionCount: number | undefined): string {
  let hash = 0x811c9dc5;
  const text = canonical(template) + (collisionCount === undefined ? '' : `/${collisionCount}`);
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return Array.from(String(hash).padStart(10, '0'), (digit) => ALPHABET[digit.charCodeAt(0) % ALPHABET.length]).join(
    '',
  );
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join()}}`;
}
