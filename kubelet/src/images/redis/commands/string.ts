import { CommandError } from '../command-error.ts';
import type { CommandSpec, Handler } from '../command.ts';
import { whole } from '../command.ts';
import type { Database } from '../database.ts';
import { bulk, integer, NULL, OK } from '../reply.ts';
import type { RespValue } from '../resp.ts';

const increment =
  (sign: 1 | -1): Handler =>
  (store, [key, by]) => {
    const value = whole(store.text(key!) ?? '0') + sign * (by === undefined ? 1 : whole(by));
    store.set(key!, String(value), store.entry(key!)?.expiresMs);
    return integer(value);
  };

function setValue(store: Database, [key, value, ...options]: readonly string[]): RespValue {
  let expiresMs: number | undefined;
  let condition: 'NX' | 'XX' | undefined;
  let keepsTtl = false;
  let gives = false;
  for (let i = 0; i < options.length; i++) {
    const option = options[i]!.toUpperCase();
    if (option === 'NX' || option === 'XX') condition = option;
    else if (option === 'KEEPTTL') keepsTtl = true;
    else if (option === 'GET') gives = true;
    else if (/^(EX|PX|EXAT|PXAT)$/.test(option)) {
      const time = whole(options[++i]);
      if (time <= 0) throw new CommandError("ERR invalid expire time in 'set' command");
      expiresMs = time * (option.startsWith('E') ? 1000 : 1) + (option.endsWith('AT') ? 0 : store.clock.now());
    } else throw new CommandError('ERR syntax error');
  }
  const before = store.entry(key!);
  const old = gives ? bulk(store.text(key!)) : OK;
  if ((condition === 'NX' && before !== undefined) || (condition === 'XX' && before === undefined))
    return gives ? old : NULL;
  store.set(key!, value!, keepsTtl ? before?.expiresMs : expiresMs);
  return old;
}

/** Commands on strings. */
export const stringCommands: Readonly<Record<string, CommandSpec>> = {
  APPEND: {
    least: 2,
    most: 2,
    run: (store, [key, value]) => {
      const text = (store.text(key!) ?? '') + value!;
      store.set(key!, text, store.entry(key!)?.expiresMs);
      return integer(Buffer.byteLength(text));
    },
  },
  DECR: { least: 1, most: 1, run: increment(-1) },
  DECRBY: { least: 2, most: 2, run: increment(-1) },
  GET: { least: 1, most: 1, run: (store, [key]) => bulk(store.text(key!)) },
  GETDEL: {
    least: 1,
    most: 1,
    run: (store, [key]) => {
      const text = store.text(key!);
      store.delete(key!);
      return bulk(text);
    },
  },
  GETSET: {
    least: 2,
    most: 2,
    run: (store, [key, value]) => {
      const text = store.text(key!);
      store.set(key!, value!);
      return bulk(text);
    },
  },
  INCR: { least: 1, most: 1, run: increment(1) },
  INCRBY: { least: 2, most: 2, run: increment(1) },
  MGET: {
    least: 1,
    run: (store, keys) => ({
      type: 'array',
      items: keys.map((key) => bulk(typeof store.entry(key)?.value === 'string' ? store.text(key) : undefined)),
    }),
  },
  MSET: {
    least: 2,
    run: (store, pairs) => {
      if (pairs.length % 2 !== 0) throw new CommandError("ERR wrong number of arguments for 'mset' command");
      for (let i = 0; i < pairs.length; i += 2) store.set(pairs[i]!, pairs[i + 1]!);
      return OK;
    },
  },
  SET: { least: 2, run: setValue },
  SETEX: { least: 3, most: 3, run: (store, [key, seconds, value]) => setValue(store, [key!, value!, 'EX', seconds!]) },
  SETNX: {
    least: 2,
    most: 2,
    run: (store, [key, value]) => integer(setValue(store, [key!, value!, 'NX']) === OK ? 1 : 0),
  },
  STRLEN: { least: 1, most: 1, run: (store, [key]) => integer(Buffer.byteLength(store.text(key!) ?? '')) },
};
