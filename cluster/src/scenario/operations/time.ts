import { parseDuration } from '@kubarium/shared';
import { formatDuration } from '../format-duration.ts';
import { simulatorOf, type RunOperation } from './operation-context.ts';

/** Lets time pass: the simulator's, which takes no time, or a real cluster's. */
export const sleepOperation: RunOperation<{ readonly duration: string }> = async ({ duration }, { target }) => {
  const milliseconds = parseDuration(duration)!;
  await target.until(() => false, milliseconds);
  return { says: formatDuration(milliseconds) };
};

/** Until everything has happened that can without time passing. */
export const settleOperation: RunOperation<object> = async (_, context) => {
  await simulatorOf(context).settle();
  return { says: 'settled' };
};

export const advanceOperation: RunOperation<{ readonly duration: string }> = async ({ duration }, context) => {
  const milliseconds = parseDuration(duration)!;
  await simulatorOf(context).advance(milliseconds);
  return { says: formatDuration(milliseconds) };
};
