import { editDistance } from '../explain/edit-distance.ts';

/** The known name that a mistyped one is at most two edits away from. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const ranked = known.map((one) => ({ one, distance: editDistance(name.toLowerCase(), one.toLowerCase()) }));
  ranked.sort((a, b) => a.distance - b.distance);
  return ranked[0] !== undefined && ranked[0].distance <= 2 ? ranked[0].one : undefined;
}
