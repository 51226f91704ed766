import type { Secret } from '@kubarium/shared';

/** Fills what a Secret leaves out, and turns `stringData`, which only writers use, into `data`. */
export function secretDefaults(draft: Secret): void {
  draft.type ||= 'Opaque';
  if (!draft.stringData) return;
  const data: Record<string, string> = { ...draft.data };
  for (const [key, value] of Object.entries(draft.stringData))
    data[key] = Buffer.from(value, 'utf8').toString('base64');
  draft.data = data;
  delete draft.stringData;
}
