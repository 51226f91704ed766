import type { Process } from '../../container/process.ts';

/** Resolves with the exit code of a Go server that does not care for signals: never; it dies of them. */
export const untilEnded = (process: Process): Promise<number> =>
  new Promise((_resolve, reject) => process.killed.addEventListener('abort', () => reject(process.killed.reason)));
