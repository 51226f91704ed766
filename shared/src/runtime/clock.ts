/** A timer that can be cancelled; cancelling a fired or cancelled timer does nothing. */
export interface Timer {
  cancel(): void;
}

/**
 * The only source of time. All parts of a cluster share one clock, so that time can be stopped, stepped or jumped.
 * Times are milliseconds since the Unix epoch, delays are milliseconds.
 */
export interface Clock {
  now(): number;
  /** Calls back once, no sooner than `delayMs` from now and never before this call returns. Timers due at the same
   * moment fire in the order in which they were set. The callback must not throw. */
  setTimer(delayMs: number, callback: () => void): Timer;
}

/** The machine's own clock. A pending timer does not keep the process alive. */
export const realClock: Clock = {
  now: () => Date.now(),
  setTimer(delayMs, callback) {
    if (delayMs > LONGEST_MS) return inParts(delayMs, callback);
    const timer = setTimeout(callback, delayMs).unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

/** Node fires at once, with a warning, what does not fit 31 bits. */
const LONGEST_MS = 0x7fff_ffff;

function inParts(delayMs: number, callback: () => void): Timer {
  let timer = realClock.setTimer(LONGEST_MS, () => {
    timer = realClock.setTimer(delayMs - LONGEST_MS, callback);
  });
  return { cancel: () => timer.cancel() };
}

/** Resolves after `delayMs`; rejects with the signal's reason when it is aborted first. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = (): void => {
      timer.cancel();
      reject(signal!.reason);
    };
    const timer = clock.setTimer(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** A time as `metav1.Time` spells it: RFC 3339 in UTC with whole seconds. */
export function timestamp(milliseconds: number): string {
  const second = Math.floor(milliseconds / 1000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastTimestamp = `${new Date(milliseconds).toISOString().slice(0, -5)}Z`;
  }
  return lastTimestamp;
}

/** Many ask in the same second. */
let lastSecond = NaN;
let lastTimestamp = '';

/** `Thu, 01 Jan 2026 00:00:00 GMT`, as HTTP has it. */
export function httpDate(milliseconds: number): string {
  const second = Math.floor(milliseconds / 1000);
  if (second !== lastHttpSecond) {
    lastHttpSecond = second;
    lastHttpDate = new Date(milliseconds).toUTCString();
  }
  return lastHttpDate;
}

let lastHttpSecond = NaN;
let lastHttpDate = '';

/** A time as `metav1.MicroTime` spells it: RFC 3339 in UTC with six decimals. */
export const microTimestamp = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().replace(/Z$/, '000Z');

/** The milliseconds since the Unix epoch of a timestamp in either spelling; NaN where the text is not one. */
export const parseTimestamp = (text: string): number => Date.parse(text);

/** A time as libraries take it that want a Date. */
export const dateAt = (milliseconds: number): Date => new Date(milliseconds);
