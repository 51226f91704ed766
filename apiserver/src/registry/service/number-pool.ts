import type { Random } from '@kubarium/shared';

export interface NumberPoolOptions {
  /** The lowest number, and how many there are from there on. */
  readonly first: number;
  readonly size: number;
  /** How many of the lowest ones are left to those who ask for one number, until nothing else is free. */
  readonly reserved: number;
  readonly random: Random;
  /** What is taken already: pools that overlap share it. */
  readonly taken?: Set<number> | undefined;
}

/**
 * Whole numbers, each handed out to one holder at a time. Chosen numbers come at random from above the reserved band first (KEP-3070,
 * KEP-3668).
 */
export class NumberPool {
  readonly #options: NumberPoolOptions;
  readonly #taken: Set<number>;

  constructor(options: NumberPoolOptions) {
    this.#options = options;
    this.#taken = options.taken ?? new Set();
  }

  has(number: number): boolean {
    const { first, size } = this.#options;
    return number >= first && number < first + size;
  }

  /** False where somebody holds it already. */
  take(number: number): boolean {
    if (this.#taken.has(number)) return false;
    this.#taken.add(number);
    return true;
  }

  /** Undefined where all are taken. */
  takeAny(): number | undefined {
    const { first, size, reserved } = this.#options;
    return this.#takeBetween(first + reserved, first + size) ?? this.#takeBetween(first, first + reserved);
  }

  release(number: number): void {
    this.#taken.delete(number);
  }

  #takeBetween(from: number, below: number): number | undefined {
    const count = below - from;
    if (count <= 0) return undefined;
    const start = this.#options.random.integer(count);
    for (let step = 0; step < count; step++) {
      const number = from + ((start + step) % count);
      if (this.take(number)) return number;
    }
    return undefined;
  }
}

/** The size of the lower band: a fraction of the whole, within bounds; none where the whole is tiny. */
export const reservedBand = (
  size: number,
  { least, most, step }: { least: number; most: number; step: number },
): number => (size <= least ? 0 : Math.min(Math.max(Math.floor(size / step), least), most));
