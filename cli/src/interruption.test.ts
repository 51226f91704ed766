import { expect, it } from 'vitest';
import { interruption } from './interruption.ts';

type Listener = (signal: string) => void;

it.each(['SIGINT', 'SIGTERM'] as const)('comes with %s, and takes the ones after it as well', async (signal) => {
  const listeners = (): Listener[] => process.rawListeners(signal) as Listener[];
  const others = listeners();
  const interrupted = interruption();
  const own = listeners().find((one) => !others.includes(one))!;
  own(signal);
  await interrupted;
  // Without a listener the next one would end the process.
  expect(listeners()).toContain(own);
});
