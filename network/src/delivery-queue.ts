/** How many chunks of byte streams may arrive within one turn of the event loop. */
const CHUNKS_PER_TURN = 512;

/**
 * What is under way on the pod network. Connects and datagrams arrive in the order in which they were sent, on a later turn of
 * the event loop; so a sender never finds itself inside the receiver's code, and two pods that talk without pause leave turns
 * for everybody else. Order depends on nothing but the order of the calls.
 */
export class DeliveryQueue {
  #waiting: (() => void)[] = [];
  #flushing = false;
  #chunks = 0;
  #armed = false;
  #deliveries = 0;
  readonly #onThrow: (error: unknown) => void;

  /** `onThrow` is told what a receiver threw; the rest is delivered all the same. */
  constructor(onThrow: (error: unknown) => void) {
    this.#onThrow = onThrow;
  }

  /** What was sent and has not arrived. 0 is one half of "quiet"; the other is that `deliveries` stays the same over a turn. */
  get inFlight(): number {
    return this.#waiting.length;
  }

  /** How many things have arrived so far: connects, datagrams and chunks. */
  get deliveries(): number {
    return this.#deliveries;
  }

  enqueue(arrive: () => void): void {
    this.#waiting.push(arrive);
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(this.#flush);
  }

  /** Whether a chunk may arrive within this turn; where not, `enqueue` it. */
  mayArriveNow(): boolean {
    this.#deliveries++;
    if (!this.#armed) {
      this.#armed = true;
      setImmediate(this.#newTurn);
    }
    return this.#chunks++ < CHUNKS_PER_TURN;
  }

  readonly #newTurn = (): void => {
    this.#armed = false;
    this.#chunks = 0;
  };

  readonly #flush = (): void => {
    const batch = this.#waiting;
    this.#waiting = [];
    this.#flushing = false;
    for (const arrive of batch) {
      this.#deliveries++;
      try {
        arrive();
      } catch (error) {
        this.#onThrow(error);
      }
    }
  };
}
