import type { Codec } from '../storage.ts';

/** What storage tests store. */
export interface Note {
  readonly text: string;
  readonly revision?: number | undefined;
}

export const noteCodec: Codec<Note> = {
  encode(note, revision) {
    const value = { ...note, revision };
    return { text: JSON.stringify(value), value };
  },
  decode: (text) => JSON.parse(text) as Note,
};
