import type { Activity } from '@kubarium/shared';

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
  readonly #activity: Activity | undefined;

  /** `onThrow` is told what a receiver threw; the rest is delivered all the same. What is under way counts as activity. */
  constructor(onThrow: (error: unknown) => void, activity?: Activity) {
    this.#onThrow = onThrow;
    this.#activity = activity;
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
    this.#activity?.begin();
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(this.#flush);
  }

  /** Whether a chunk may arrive within this turn; where not, `enqueue` it. */
  mayArriveNow(): boolean {
    this.#deliveries++;
    if (!this.#armed) {
      this.#armed = true;
      // Streams hand a chunk on in later ticks of the same turn: until the turn is over it is under way.
      this.#activity?.begin();
      setImmediate(this.#newTurn);
    }
    return this.#chunks++ < CHUNKS_PER_TURN;
  }

  readonly #newTurn = (): void => {
    this.#armed = false;
    this.#chunks = 0;
    this.#activity?.end();
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
      this.#activity?.end();
    }
  };
}
