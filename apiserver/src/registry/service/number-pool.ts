import type { Random } from '@kubarium/shared';

/**
 * Whole numbers from 0 up to, but not including, `size`, each handed out to one holder at a time. Chosen numbers come at random from
 * `reserved` upwards first; the lower band is left to those who ask for one number, until nothing else is free (KEP-3070, KEP-3668).
 */
export class NumberPool {
  readonly #taken = new Set<number>();
  readonly #random: Random;
  readonly #size: number;
  readonly #reserved: number;

  constructor(size: number, reserved: number, random: Random) {
    this.#size = size;
    this.#reserved = reserved;
    this.#random = random;
  }

  /** False where somebody holds it already. */
  take(number: number): boolean {
    if (this.#taken.has(number)) return false;
    this.#taken.add(number);
    return true;
  }

  /** Undefined where all are taken. */
  takeAny(): number | undefined {
    return this.#takeBetween(this.#reserved, this.#size) ?? this.#takeBetween(0, this.#reserved);
  }

  release(number: number): void {
    this.#taken.delete(number);
  }

  #takeBetween(from: number, below: number): number | undefined {
    const count = below - from;
    if (count <= 0) return undefined;
    const start = this.#random.integer(count);
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
