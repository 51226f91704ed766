import { compilePattern } from '../../../shell/pattern.ts';
import { CommandError } from '../command-error.ts';
import type { CommandSpec, Handler } from '../command.ts';
import { whole } from '../command.ts';
import type { Value } from '../database.ts';
import { integer, list, OK } from '../reply.ts';

const expire =
  (unitMs: number, absolute = false): Handler =>
  (store, [key, time]) => {
    const entry = store.entry(key!);
    const at = whole(time) * unitMs + (absolute ? 0 : store.clock.now());
    if (entry === undefined) return integer(0);
    entry.expiresMs = at;
    return integer(1);
  };

const timeToLive =
  (unitMs: number): Handler =>
  (store, [key]) => {
    const entry = store.entry(key!);
    if (entry === undefined) return integer(-2);
    return integer(entry.expiresMs === undefined ? -1 : Math.round((entry.expiresMs - store.clock.now()) / unitMs));
  };

function typeOf(value: Value | undefined): string {
  if (value === undefined) return 'none';
  return typeof value === 'string' ? 'string' : Array.isArray(value) ? 'list' : value instanceof Map ? 'hash' : 'set';
}

/** Commands on any key. */
export const keyCommands: Readonly<Record<string, CommandSpec>> = {
  DBSIZE: { least: 0, most: 0, run: (store) => integer(store.keys().length) },
  DEL: { least: 1, run: (store, keys) => integer(keys.filter((key) => store.delete(key)).length) },
  EXISTS: { least: 1, run: (store, keys) => integer(keys.filter((key) => store.entry(key) !== undefined).length) },
  EXPIRE: { least: 2, most: 3, run: expire(1000) },
  EXPIREAT: { least: 2, most: 3, run: expire(1000, true) },
  KEYS: {
    least: 1,
    most: 1,
    run: (store, [pattern]) => {
      const fits = compilePattern(pattern!);
      return list(store.keys().filter(fits));
    },
  },
  PERSIST: {
    least: 1,
    most: 1,
    run: (store, [key]) => {
      const entry = store.entry(key!);
      if (entry?.expiresMs === undefined) return integer(0);
      entry.expiresMs = undefined;
      return integer(1);
    },
  },
  PEXPIRE: { least: 2, most: 3, run: expire(1) },
  PTTL: { least: 1, most: 1, run: timeToLive(1) },
  RENAME: {
    least: 2,
    most: 2,
    run: (store, [from, to]) => {
      const entry = store.entry(from!);
      if (entry === undefined) throw new CommandError('ERR no such key');
      store.delete(from!);
      store.set(to!, entry.value, entry.expiresMs);
      return OK;
    },
  },
  TTL: { least: 1, most: 1, run: timeToLive(1000) },
  TYPE: { least: 1, most: 1, run: (store, [key]) => ({ type: 'simple', text: typeOf(store.entry(key!)?.value) }) },
};
