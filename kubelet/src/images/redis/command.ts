import { CommandError } from './command-error.ts';
import type { Database } from './database.ts';
import type { RespValue } from './resp.ts';

const NOT_INTEGER = 'ERR value is not an integer or out of range';

/** Carries a command out. Throws CommandError for what the client did wrong. */
export type Handler = (store: Database, args: readonly string[]) => RespValue;

/** How many arguments a command takes, its name not counted. */
export interface CommandSpec {
  readonly least: number;
  readonly most?: number;
  readonly run: Handler;
}

/** An argument that has to be a whole number. */
export function whole(text: string | undefined): number {
  if (text === undefined || !/^[-+]?\d{1,16}$/.test(text)) throw new CommandError(NOT_INTEGER);
  return Number(text);
}
