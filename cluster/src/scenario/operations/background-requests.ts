import type { HttpAnswer } from './http-answer.ts';

/** One request after another, in a rhythm, until it is stopped. A request that takes long does not hold up the next. */
export class BackgroundRequests {
  readonly answers: HttpAnswer[] = [];
  readonly #request: () => Promise<HttpAnswer>;
  readonly #underWay = new Set<Promise<void>>();
  #stopped = false;

  constructor(request: () => Promise<HttpAnswer>) {
    this.#request = request;
  }

  /** Begins; `next` calls back when the next request is due. */
  start(next: (callback: () => void) => void): void {
    if (this.#stopped) return;
    this.#send();
    next(() => this.start(next));
  }

  stop(): void {
    this.#stopped = true;
  }

  get isDone(): boolean {
    return this.#stopped && this.#underWay.size === 0;
  }

  #send(): void {
    const index = this.answers.push({ body: '', error: 'no answer yet' }) - 1;
    const request: Promise<void> = this.#request()
      .then(
        (answer) => answer,
        (error: unknown): HttpAnswer => ({ body: '', error: error instanceof Error ? error.message : String(error) }),
      )
      .then((answer) => {
        this.answers[index] = answer;
        this.#underWay.delete(request);
      });
    this.#underWay.add(request);
  }
}
