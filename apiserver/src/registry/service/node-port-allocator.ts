import type { Random } from '@kubarium/shared';
import { NumberPool, reservedBand } from './number-pool.ts';

/** Hands out node ports, by number only: two Services never share one, whatever their protocols. */
export class NodePortAllocator {
  readonly first: number;
  readonly last: number;
  readonly #pool: NumberPool;

  /** Both ends belong to the range. */
  constructor(first: number, last: number, random: Random) {
    this.first = first;
    this.last = last;
    const size = last - first + 1;
    this.#pool = new NumberPool({
      first,
      size,
      reserved: reservedBand(size, { least: 16, most: 128, step: 32 }),
      random,
    });
  }

  /** Takes one port; the answer is undefined, or why not in the real server's words. */
  allocate(port: number): string | undefined {
    if (!this.#pool.has(port)) {
      return `provided port is not in the valid range. The range of valid ports is ${this.first}-${this.last}`;
    }
    return this.#pool.take(port) ? undefined : 'provided port is already allocated';
  }

  /** Takes any free port; undefined where the range is full. */
  allocateNext(): number | undefined {
    return this.#pool.takeAny();
  }

  release(port: number): void {
    this.#pool.release(port);
  }
}
