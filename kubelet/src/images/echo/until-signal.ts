import type { Process } from '../../container/process.ts';

/** Resolves with 0 when the process is asked to end. */
export const untilSignal = (process: Process): Promise<number> =>
  new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.onSignal(signal, () => resolve(0));
  });
