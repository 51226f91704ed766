import type { Rendered } from '../registry.ts';

export interface RecentEntry extends Rendered {
  readonly version: number;
}

/** The last objects of one sort, by key, as many as fit. Those of a frequent sort do not push out those of a rare one. */
export class RecentLane {
  readonly name: string;
  /** The version of the youngest that has fallen out. */
  dropped = 0;
  readonly #maxObjects: number;
  readonly #maxCharacters: number;
  /** In order of their versions. */
  readonly #entries = new Map<string, RecentEntry>();
  #characters = 0;

  constructor(name: string, limits: { readonly objects: number; readonly characters: number }) {
    this.name = name;
    this.#maxObjects = limits.objects;
    this.#maxCharacters = limits.characters;
  }

  entries(): readonly RecentEntry[] {
    return [...this.#entries.values()];
  }

  get(key: string): RecentEntry | undefined {
    return this.#entries.get(key);
  }

  /** Puts in the youngest; the oldest fall out until all fit, but for the youngest itself. */
  push(key: string, entry: RecentEntry): void {
    this.#entries.set(key, entry);
    this.#characters += entry.text.length;
    for (const [oldest, { version }] of this.#entries) {
      const fits = this.#entries.size <= this.#maxObjects && this.#characters <= this.#maxCharacters;
      if (fits || oldest === key) return;
      this.remove(oldest);
      this.dropped = version;
    }
  }

  remove(key: string): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    this.#entries.delete(key);
    this.#characters -= entry.text.length;
    return true;
  }
}
