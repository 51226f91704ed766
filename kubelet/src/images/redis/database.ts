import type { Clock } from '@kubarium/shared';
import { CommandError } from './command-error.ts';

/** A string, list, hash or set. */
export type Value = string | string[] | Map<string, string> | Set<string>;

interface Entry {
  readonly value: Value;
  expiresMs: number | undefined;
}

const WRONG_TYPE = 'WRONGTYPE Operation against a key holding the wrong kind of value';

/** One of Redis's databases: keys, values, expiry on the simulation's clock (looked at when a key is). */
export class Database {
  readonly clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  entry(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry?.expiresMs === undefined || entry.expiresMs > this.clock.now()) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  text(key: string): string | undefined {
    const value = this.entry(key)?.value;
    if (value !== undefined && typeof value !== 'string') throw new CommandError(WRONG_TYPE);
    return value;
  }

  set(key: string, value: Value, expiresMs?: number): void {
    this.#entries.set(key, { value, expiresMs });
  }

  /** The list, map or set on a key, made where there is none. */
  container<Kind extends string[] | Map<string, string> | Set<string>>(
    key: string,
    make: () => Kind,
    is: (value: Value) => value is Kind,
  ): Kind {
    const value = this.entry(key)?.value;
    if (value === undefined) {
      const made = make();
      this.set(key, made);
      return made;
    }
    if (!is(value)) throw new CommandError(WRONG_TYPE);
    return value;
  }

  dropIfEmpty(key: string): void {
    const value = this.entry(key)?.value;
    if (value !== undefined && typeof value !== 'string' && (Array.isArray(value) ? value.length : value.size) === 0)
      this.delete(key);
  }

  delete(key: string): boolean {
    return this.entry(key) !== undefined && this.#entries.delete(key);
  }

  keys(): string[] {
    return Array.from(this.#entries.keys()).filter((key) => this.entry(key) !== undefined);
  }

  clear(): void {
    this.#entries.clear();
  }
}
