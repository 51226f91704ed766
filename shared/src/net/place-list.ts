/** Where a thing is noted to be in a list; -1 where it is in none. */
type Placed<Field extends string> = { [field in Field]: number };

/**
 * Things that come and go all the time, in no particular order: each notes its place in a field of its own. A Set would do, but V8
 * gives it a new table after every so many additions, the old table points on to the new one and to what was in it at that time, and
 * once a table is old, all of that is taken for living until the next full collection.
 */
export class PlaceList<Field extends string, T extends Placed<Field>> {
  readonly #field: Field;
  /** Never shortened: V8 would give it a new table then, as it does to Sets. */
  readonly #things: (T | undefined)[] = [];
  #count = 0;

  constructor(field: Field) {
    this.#field = field;
  }

  add(thing: T): void {
    (thing as Placed<Field>)[this.#field] = this.#count;
    this.#things[this.#count++] = thing;
  }

  /** Takes a thing out, and the last one takes its place; false where it is not here. */
  delete(thing: T): boolean {
    const place = thing[this.#field];
    if (this.#things[place] !== thing) return false;
    const last = this.#things[--this.#count]!;
    this.#things[this.#count] = undefined;
    if (last !== thing) {
      this.#things[place] = last;
      (last as Placed<Field>)[this.#field] = place;
    }
    return true;
  }

  /** Those that are in it now. */
  all(): T[] {
    return this.#things.slice(0, this.#count) as T[];
  }
}
