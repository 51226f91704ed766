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
    this.#pool = new NumberPool(size, reservedBand(size, { least: 16, most: 128, step: 32 }), random);
  }

  /** Takes one port; the answer is undefined, or why not in the real server's words. */
  allocate(port: number): string | undefined {
    if (port < this.first || port > this.last) {
      return `provided port is not in the valid range. The range of valid ports is ${this.first}-${this.last}`;
    }
    return this.#pool.take(port - this.first) ? undefined : 'provided port is already allocated';
  }

  /** Takes any free port; undefined where the range is full. */
  allocateNext(): number | undefined {
    const offset = this.#pool.takeAny();
    return offset === undefined ? undefined : this.first + offset;
  }

  release(port: number): void {
    this.#pool.release(port - this.first);
  }
}
