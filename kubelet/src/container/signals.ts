import type { SignalName } from './process.ts';

/** Linux's signal numbers. */
export const SIGNAL_NUMBERS: Readonly<Record<SignalName, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGTERM: 15,
  SIGWINCH: 28,
};

/** A signal by number, by name, with or without `SIG`, in either case; undefined for those that are not simulated. */
export function parseSignal(text: string): SignalName | undefined {
  const upper = text.toUpperCase();
  const name = upper.startsWith('SIG') ? upper : `SIG${upper}`;
  if (Object.hasOwn(SIGNAL_NUMBERS, name)) return name as SignalName;
  return (Object.keys(SIGNAL_NUMBERS) as SignalName[]).find((signal) => String(SIGNAL_NUMBERS[signal]) === text);
}
