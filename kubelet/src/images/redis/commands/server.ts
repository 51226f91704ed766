import type { CommandSpec } from '../command.ts';
import { bulk, list, OK } from '../reply.ts';

/** Commands on the server and its connections. */
export const serverCommands: Readonly<Record<string, CommandSpec>> = {
  COMMAND: { least: 0, run: () => list([]) },
  CONFIG: { least: 1, run: (_store, [verb]) => (verb!.toUpperCase() === 'SET' ? OK : list([])) },
  CLIENT: { least: 1, run: () => OK },
  ECHO: { least: 1, most: 1, run: (_store, [text]) => bulk(text) },
  PING: {
    least: 0,
    most: 1,
    run: (_store, [text]) => (text === undefined ? { type: 'simple', text: 'PONG' } : bulk(text)),
  },
  TIME: {
    least: 0,
    most: 0,
    run: (store) => list([String(Math.floor(store.clock.now() / 1000)), String((store.clock.now() % 1000) * 1000)]),
  },
};
