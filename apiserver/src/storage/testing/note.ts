import type { Codec } from '../storage.ts';

/** What storage tests store. */
export interface Note {
  readonly text: string;
  readonly revision?: number | undefined;
}

export const noteCodec: Codec<Note> = {
  encode: (note, revision) => JSON.stringify({ ...note, revision }),
  decode: (text) => JSON.parse(text) as Note,
};
