/** What a key is known to hold: an object by its marker, with the reply's text where it was acknowledged; or nothing. */
export interface Held {
  readonly marker: number;
  readonly text?: string;
}

interface Entry {
  acknowledged: Held | undefined;
  /** A write without an answer: it has happened as a whole, or not at all. */
  unanswered?: { readonly becomes: Held | undefined };
}

/**
 * What a client knows of its own writes. Each key has one writer, which waits for each answer: so a key holds what was last acknowledged,
 * or what the one unanswered write makes of it.
 */
export class Ledger {
  readonly #entries = new Map<string, Entry>();
  acknowledgedWrites = 0;

  get keys(): IterableIterator<string> {
    return this.#entries.keys();
  }

  held(key: string): Held | undefined {
    return this.#entries.get(key)?.acknowledged;
  }

  begin(key: string, becomes: Held | undefined): void {
    this.#entry(key).unanswered = { becomes };
  }

  acknowledge(key: string, held: Held | undefined): void {
    this.#entries.set(key, { acknowledged: held });
    this.acknowledgedWrites++;
  }

  /** The server has said no: nothing has happened. */
  refused(key: string): void {
    delete this.#entry(key).unanswered;
  }

  /**
   * Compares a key with what is found after a crash, and takes that for known from now on. Resolves with what is wrong. `exact`:
   * where nobody else writes, an acknowledged object is found as the very text of the answer.
   */
  settle(key: string, found: Held | undefined, exact: boolean): string | undefined {
    const { acknowledged, unanswered } = this.#entry(key);
    this.#entries.set(key, { acknowledged: found });
    const isAcknowledged = found?.marker === acknowledged?.marker;
    if (isAcknowledged) {
      if (!exact || acknowledged?.text === undefined || acknowledged.text === found?.text) return undefined;
      return `${key}: acknowledged as ${acknowledged.text} but is ${found?.text}`;
    }
    if (unanswered !== undefined && found?.marker === unanswered.becomes?.marker) return undefined;
    return `${key}: ${describe(found)}, but ${describe(acknowledged)} was acknowledged${
      unanswered === undefined ? '' : ` and only ${describe(unanswered.becomes)} was unanswered`
    }`;
  }

  #entry(key: string): Entry {
    let entry = this.#entries.get(key);
    if (entry === undefined) this.#entries.set(key, (entry = { acknowledged: undefined }));
    return entry;
  }
}

const describe = (held: Held | undefined): string => (held === undefined ? 'nothing' : `marker ${held.marker}`);
