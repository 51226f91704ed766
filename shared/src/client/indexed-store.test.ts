import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pod } from '../api/core-v1.ts';
import { IndexedStore } from './indexed-store.ts';

const pod = (name: string, nodeNames: string[], version = '1'): Pod =>
  ({ metadata: { name, resourceVersion: version, labels: Object.fromEntries(nodeNames.map((n) => [n, ''])) } }) as Pod;
const byLabel = (object: Pod): string[] => Object.keys(object.metadata.labels ?? {});

describe('IndexedStore', () => {
  it('lists in the order of first appearance, whatever is updated', () => {
    const store = new IndexedStore<Pod>();
    for (const name of ['b', 'a', 'c']) store.put(name, pod(name, []));
    store.put('b', pod('b', [], '2'));
    expect(store.list().map((each) => `${each.metadata.name}${each.metadata.resourceVersion}`)).toEqual([
      'b2',
      'a1',
      'c1',
    ]);
  });

  it('keeps an index equal to a scan through any changes', () => {
    const values = ['x', 'y', 'z'];
    const change = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      labels: fc.option(fc.subarray(values)),
    });
    fc.assert(
      fc.property(fc.array(change), fc.nat(10), (changes, firstAskedAfter) => {
        const store = new IndexedStore<Pod>({ label: byLabel });
        for (const [at, { key, labels }] of changes.entries()) {
          if (labels === null) store.remove(key);
          else store.put(key, pod(key, labels));
          if (at < firstAskedAfter) continue;
          for (const value of values) {
            const scan = store.list().filter((each) => byLabel(each).includes(value));
            expect(new Set(store.byIndex('label', value))).toEqual(new Set(scan));
          }
        }
      }),
    );
  });

  it('follows an object of tens of thousands of values', () => {
    const store = new IndexedStore<Pod>({ label: byLabel });
    const labels = (count: number): string[] => Array.from({ length: count }, (_, i) => `l${i}`);
    expect(store.byIndex('label', 'l1')).toEqual([]);
    store.put('a', pod('a', labels(60_000)));
    store.put('a', pod('a', labels(50_000)));
    expect(store.byIndex('label', 'l49999')).toHaveLength(1);
    expect(store.byIndex('label', 'l50000')).toEqual([]);
    store.put('a', pod('a', ['l7']));
    expect(store.byIndex('label', 'l7')).toHaveLength(1);
    expect(store.byIndex('label', 'l49999')).toEqual([]);
  });

  it('refuses two different indexes of one name, and a question to an index that is none', () => {
    const store = new IndexedStore<Pod>({ label: byLabel });
    store.addIndexers({ label: byLabel });
    expect(() => store.addIndexers({ label: () => [] })).toThrow('two different indexes are named label');
    expect(() => store.byIndex('node', 'a')).toThrow('no index node was declared');
  });
});
