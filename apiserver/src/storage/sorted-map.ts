/** Chunks split when they grow past this: small enough to shift cheaply, large enough that there are few of them. */
const CHUNK_SIZE = 512;

/**
 * A map that can also be walked in key order from any key. Keys are ordered by UTF-16 units. Get is O(1), insert and delete
 * shift at most one chunk, a range costs what it yields.
 */
export class SortedMap<V> {
  readonly #values = new Map<string, V>();
  /** Sorted, none of them empty, but for the only chunk of an empty map. */
  readonly #chunks: string[][] = [[]];

  get size(): number {
    return this.#values.size;
  }

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  values(): IterableIterator<V> {
    return this.#values.values();
  }

  set(key: string, value: V): void {
    const size = this.#values.size;
    this.#values.set(key, value);
    if (this.#values.size === size) return;
    const index = this.#chunkOf(key);
    const chunk = this.#chunks[index]!;
    chunk.splice(lowerBound(chunk, key), 0, key);
    if (chunk.length > CHUNK_SIZE) this.#chunks.splice(index + 1, 0, chunk.splice(chunk.length >> 1));
  }

  delete(key: string): void {
    if (!this.#values.delete(key)) return;
    const index = this.#chunkOf(key);
    const chunk = this.#chunks[index]!;
    chunk.splice(lowerBound(chunk, key), 1);
    if (chunk.length === 0 && this.#chunks.length > 1) this.#chunks.splice(index, 1);
  }

  /** The keys from `start` up to, but not including, `end`, in order. The map must not change meanwhile. */
  *keys(start: string, end: string): Generator<string, undefined> {
    let index = this.#chunkOf(start);
    let position = lowerBound(this.#chunks[index]!, start);
    for (; index < this.#chunks.length; index++, position = 0) {
      const chunk = this.#chunks[index]!;
      for (; position < chunk.length; position++) {
        const key = chunk[position]!;
        if (key >= end) return;
        yield key;
      }
    }
  }

  /** How many keys there are from `start` up to, but not including, `end`. */
  count(start: string, end: string): number {
    const first = this.#chunkOf(start);
    const last = this.#chunkOf(end);
    let count = lowerBound(this.#chunks[last]!, end) - lowerBound(this.#chunks[first]!, start);
    for (let index = first; index < last; index++) count += this.#chunks[index]!.length;
    return Math.max(0, count);
  }

  /** The last chunk that begins at or before the key; the first where there is none. */
  #chunkOf(key: string): number {
    let low = 0;
    let high = this.#chunks.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#chunks[middle]![0]! <= key) low = middle;
      else high = middle;
    }
    return low;
  }
}

function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
