import { afterEach, describe, expect, it } from 'vitest';
import type { StorageErrorCode } from '../storage-error.ts';
import type { Change, Storage, Stored } from '../storage.ts';
import type { Note } from './note.ts';

const note = (text: string): Note => ({ text });

const failsWith = (code: StorageErrorCode): unknown => expect.objectContaining({ name: 'StorageError', code });

/** `create a 3`: what happened to which key at which revision. */
const told = (changes: readonly Change<Note>[]): string[] =>
  changes.map(({ type, current }) => `${type} ${current.key} ${current.revision}`);

const keysOf = (items: readonly Stored<Note>[]): string[] => items.map(({ key }) => key);

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The promises of `Storage`, as tests; every implementation must pass them. */
export function storageContract(name: string, open: () => Storage<Note>): void {
  describe(`storage contract: ${name}`, () => {
    const stores: Storage<Note>[] = [];
    const start = (): Storage<Note> => {
      const storage = open();
      stores.push(storage);
      return storage;
    };
    afterEach(async () => {
      for (const storage of stores.splice(0)) await storage[Symbol.asyncDispose]();
    });

    describe('writes', () => {
      it('gives every write the next revision, in the order of the calls', async () => {
        const storage = start();
        const written = await Promise.all([
          storage.create('a/x', note('1')),
          storage.create('b/x', note('2')),
          storage.update('a/x', () => note('3')),
          storage.delete('b/x'),
        ]);
        expect(written.map(({ revision }) => revision)).toEqual([1, 2, 3, 4]);
        expect(written.map(({ createRevision }) => createRevision)).toEqual([1, 2, 1, 2]);
        expect(storage.revision).toBe(4);
      });

      it('writes the revision into the text', async () => {
        const storage = start();
        await storage.create('a/x', note('1'));
        expect(storage.get('a/x')!.text).toBe('{"text":"1","revision":1}');
        expect(storage.get('a/x')!.value).toEqual({ text: '1', revision: 1 });
      });

      it('shows a write to readers only once it is durable', async () => {
        const storage = start();
        const created = storage.create('a/x', note('1'));
        expect(storage.get('a/x')).toBeUndefined();
        expect(storage.list('a/').items).toEqual([]);
        expect(storage.revision).toBe(0);
        expect(storage.idle).toBe(false);
        const stored = await created;
        expect(storage.get('a/x')).toEqual(stored);
        expect(storage.revision).toBe(1);
        expect(storage.idle).toBe(true);
      });

      it('shows earlier writes of a turn to later ones', async () => {
        const storage = start();
        const seen: string[] = [];
        const [, , last] = await Promise.all([
          storage.create('a/x', note('1')),
          storage.update('a/x', ({ value }) => (seen.push(value.text), note('2'))),
          storage.update('a/x', ({ value }) => (seen.push(value.text), note('3'))),
        ]);
        expect(seen).toEqual(['1', '2']);
        expect(last.value.text).toBe('3');
      });

      it('refuses what cannot be', async () => {
        const storage = start();
        await storage.create('a/x', note('1'));
        await expect(storage.create('a/x', note('2'))).rejects.toEqual(failsWith('exists'));
        await expect(storage.update('a/y', () => note('2'))).rejects.toEqual(failsWith('absent'));
        await expect(storage.delete('a/y')).rejects.toEqual(failsWith('absent'));
        expect(storage.revision).toBe(1);
      });

      it('refuses by what the turn has already done', async () => {
        const storage = start();
        const outcomes = await Promise.allSettled([
          storage.create('a/x', note('1')),
          storage.create('a/x', note('2')),
          storage.delete('a/x'),
          storage.delete('a/x'),
          storage.create('a/x', note('3')),
        ]);
        expect(outcomes.map(({ status }) => status)).toEqual([
          'fulfilled',
          'rejected',
          'fulfilled',
          'rejected',
          'fulfilled',
        ]);
        expect(storage.get('a/x')).toMatchObject({ revision: 3, createRevision: 3, value: { text: '3' } });
      });

      it('knows which keys are taken, by writes of this turn as well', async () => {
        const storage = start();
        await storage.create('a/old', note('1'));
        const writes = [storage.create('a/new', note('2')), storage.delete('a/old')];
        expect(['a/new', 'a/old', 'a/none'].map((key) => storage.isTaken(key))).toEqual([true, false, false]);
        await Promise.all(writes);
        expect(['a/new', 'a/old', 'a/none'].map((key) => storage.isTaken(key))).toEqual([true, false, false]);
      });

      it('gives up with what `revise` or `check` throws', async () => {
        const storage = start();
        await storage.create('a/x', note('1'));
        const refusal = new Error('no');
        const refuse = (): never => {
          throw refusal;
        };
        await expect(storage.update('a/x', refuse)).rejects.toBe(refusal);
        await expect(storage.delete('a/x', refuse)).rejects.toBe(refusal);
        expect(storage.get('a/x')!.revision).toBe(1);
      });

      it('uses no revision where nothing changes', async () => {
        const storage = start();
        const created = await storage.create('a/x', note('1'));
        expect(await storage.update('a/x', ({ value }) => value)).toEqual(created);
        expect(storage.revision).toBe(1);
      });

      it('returns a deleted value at the revision of its removal', async () => {
        const storage = start();
        await storage.create('a/x', note('1'));
        expect(await storage.delete('a/x')).toMatchObject({ revision: 2, value: { text: '1', revision: 2 } });
        expect(storage.get('a/x')).toBeUndefined();
      });
    });

    describe('lists', () => {
      it('lists a prefix in key order', async () => {
        const storage = start();
        const keys = ['pods/b/1', 'pods/a/2', 'pods/a-b/1', 'pods/a/10', 'podsx/a/1', 'pod/a/1', 'pods/a/1'];
        await Promise.all(keys.map((key) => storage.create(key, note(key))));
        expect(keysOf(storage.list('pods/').items)).toEqual([
          'pods/a-b/1',
          'pods/a/1',
          'pods/a/10',
          'pods/a/2',
          'pods/b/1',
        ]);
        expect(keysOf(storage.list('pods/a/').items)).toEqual(['pods/a/1', 'pods/a/10', 'pods/a/2']);
        expect(storage.list('none/')).toEqual({ revision: 7, items: [], remaining: 0 });
        expect([storage.count('pods/'), storage.count('pods/a/'), storage.count('none/')]).toEqual([5, 3, 0]);
      });

      it('lists page by page', async () => {
        const storage = start();
        await Promise.all(Array.from('edcba', (key) => storage.create(`p/${key}`, note(key))));
        const first = storage.list('p/', { limit: 2 });
        expect([keysOf(first.items), first.remaining]).toEqual([['p/a', 'p/b'], 3]);
        const second = storage.list('p/', { limit: 2, after: 'p/b' });
        expect([keysOf(second.items), second.remaining]).toEqual([['p/c', 'p/d'], 1]);
        const last = storage.list('p/', { limit: 2, after: 'p/d' });
        expect([keysOf(last.items), last.remaining]).toEqual([['p/e'], 0]);
      });

      it('lists exactly what was at an old revision', async () => {
        const storage = start();
        await storage.create('p/a', note('a1'));
        await storage.create('p/b', note('b1'));
        await storage.create('p/d', note('d1'));
        await storage.update('p/a', () => note('a2'));
        await storage.delete('p/b');
        await storage.create('p/c', note('c1'));
        await storage.create('p/b', note('b2'));
        const at = (revision: number): string[] =>
          storage.list('p/', { revision }).items.map(({ value }) => value.text);
        expect([0, 1, 2, 3, 4, 5, 6, 7].map(at)).toEqual([
          [],
          ['a1'],
          ['a1', 'b1'],
          ['a1', 'b1', 'd1'],
          ['a2', 'b1', 'd1'],
          ['a2', 'd1'],
          ['a2', 'c1', 'd1'],
          ['a2', 'b2', 'c1', 'd1'],
        ]);
        const page = storage.list('p/', { revision: 4, after: 'p/a', limit: 1 });
        expect([page.revision, keysOf(page.items), page.remaining]).toEqual([4, ['p/b'], 1]);
      });

      it('refuses a revision that has not happened yet', () => {
        expect(() => start().list('p/', { revision: 1 })).toThrow(failsWith('future') as Error);
      });
    });

    describe('watches', () => {
      it('tells of each commit under the prefix as one batch', async () => {
        const storage = start();
        const batches: string[][] = [];
        storage.watch('p/a/', 0, (batch) => batches.push(told(batch)));
        await Promise.all([
          storage.create('p/a/1', note('1')),
          storage.create('p/b/1', note('2')),
          storage.update('p/a/1', () => note('3')),
        ]);
        await storage.delete('p/a/1');
        expect(batches).toEqual([['create p/a/1 1', 'update p/a/1 3'], ['delete p/a/1 4']]);
      });

      it('tells everything in the order of revisions, past and present, under the empty prefix', async () => {
        const storage = start();
        await storage.create('b/x', note('1'));
        const batches: string[][] = [];
        storage.watch('', 0, (batch) => batches.push(told(batch)));
        await turn();
        await Promise.all([storage.create('a/x', note('2')), storage.delete('b/x'), storage.create('c', note('3'))]);
        expect(batches).toEqual([['create b/x 1'], ['create a/x 2', 'delete b/x 3', 'create c 4']]);
        expect(keysOf(storage.list('').items)).toEqual(['a/x', 'c']);
        expect(storage.count('')).toBe(2);
      });

      it('tells what was before and after', async () => {
        const storage = start();
        const changes: Change<Note>[] = [];
        storage.watch('p/', 0, (batch) => changes.push(...batch));
        await storage.create('p/a', note('1'));
        await storage.update('p/a', () => note('2'));
        await storage.delete('p/a');
        expect(changes.map(({ previous, current }) => [previous?.value.text, current.value.text])).toEqual([
          [undefined, '1'],
          ['1', '2'],
          ['2', '2'],
        ]);
        expect(changes[2]!.current.value.revision).toBe(3);
      });

      it('has told before the writer hears', async () => {
        const storage = start();
        const order: string[] = [];
        storage.watch('p/', 0, () => order.push('watcher'));
        await storage.create('p/a', note('1')).then(() => order.push('writer'));
        expect(order).toEqual(['watcher', 'writer']);
      });

      it('tells the past first, in the words of the live watch', async () => {
        const storage = start();
        const live: Change<Note>[] = [];
        storage.watch('p/', 0, (batch) => live.push(...batch));
        await storage.create('p/a', note('1'));
        await storage.create('q/a', note('other'));
        await storage.update('p/a', () => note('2'));
        await storage.delete('p/a');
        await storage.create('p/a', note('3'));
        for (const revision of [0, 1, 2, 3, 4, 5]) {
          const changes: Change<Note>[] = [];
          storage.watch('p/', revision, (batch) => changes.push(...batch));
          expect(changes).toEqual([]);
          await turn();
          const expected = live.filter(({ current }) => current.revision > revision);
          const facts = (change: Change<Note>): unknown[] => [
            change.type,
            change.current.text,
            change.current.createRevision,
            change.previous?.text,
          ];
          expect(changes.map(facts)).toEqual(expected.map(facts));
        }
      });

      it('joins the past and the present without gap or repetition', async () => {
        const storage = start();
        await storage.create('p/a', note('1'));
        const changes: string[] = [];
        const pending = storage.create('p/b', note('2'));
        storage.watch('p/', 0, (batch) => changes.push(...told(batch)));
        await pending;
        await storage.create('p/c', note('3'));
        expect(changes).toEqual(['create p/a 1', 'create p/b 2', 'create p/c 3']);
      });

      it('tells nothing more once disposed', async () => {
        const storage = start();
        await storage.create('p/a', note('1'));
        const changes: string[] = [];
        const early = storage.watch('p/', 0, (batch) => changes.push(...told(batch)));
        early[Symbol.dispose]();
        const late = storage.watch('p/', 1, (batch) => changes.push(...told(batch)));
        const pending = storage.create('p/b', note('2'));
        late[Symbol.dispose]();
        await pending;
        expect(changes).toEqual([]);
      });

      it('may be disposed from its own sink, or open another', async () => {
        const storage = start();
        const changes: string[] = [];
        const first = storage.watch('p/', 0, (batch) => {
          changes.push(...told(batch));
          first[Symbol.dispose]();
          storage.watch('p/', storage.revision, (later) => changes.push(...told(later)));
        });
        await storage.create('p/a', note('1'));
        await storage.create('p/b', note('2'));
        expect(changes).toEqual(['create p/a 1', 'create p/b 2']);
      });

      it('refuses a revision that has not happened yet', () => {
        expect(() => start().watch('p/', 1, () => undefined)).toThrow(failsWith('future') as Error);
      });
    });

    describe('compaction', () => {
      it('keeps what is current and what came after', async () => {
        const storage = start();
        await storage.create('p/a', note('1'));
        await storage.update('p/a', () => note('2'));
        await storage.create('p/b', note('3'));
        await storage.delete('p/b');
        await storage.update('p/a', () => note('4'));
        storage.compact(3);
        expect(storage.compactedRevision).toBe(3);
        expect(storage.list('p/', { revision: 3 }).items.map(({ value }) => value.text)).toEqual(['2', '3']);
        expect(storage.list('p/', { revision: 4 }).items.map(({ value }) => value.text)).toEqual(['2']);
        const changes: Change<Note>[] = [];
        storage.watch('p/', 3, (batch) => changes.push(...batch));
        await turn();
        expect(changes.map(({ type, previous }) => [type, previous?.value.text])).toEqual([
          ['delete', '3'],
          ['update', '2'],
        ]);
      });

      it('refuses the past', async () => {
        const storage = start();
        await storage.create('p/a', note('1'));
        await storage.update('p/a', () => note('2'));
        storage.compact(2);
        expect(() => storage.list('p/', { revision: 1 })).toThrow(failsWith('compacted') as Error);
        expect(() => storage.watch('p/', 1, () => undefined)).toThrow(failsWith('compacted') as Error);
        storage.compact(1);
        expect(storage.compactedRevision).toBe(2);
      });
    });
  });
}
