import { CommandError } from '../command-error.ts';
import type { CommandSpec } from '../command.ts';
import type { Database, Value } from '../database.ts';
import { bulk, integer, list } from '../reply.ts';

const isHash = (value: Value): value is Map<string, string> => value instanceof Map;
const hashOn = (store: Database, key: string): Map<string, string> => store.container(key, () => new Map(), isHash);

/** Commands on hashes. */
export const hashCommands: Readonly<Record<string, CommandSpec>> = {
  HDEL: {
    least: 2,
    run: (store, [key, ...fields]) => {
      const hash = hashOn(store, key!);
      const count = fields.filter((field) => hash.delete(field)).length;
      store.dropIfEmpty(key!);
      return integer(count);
    },
  },
  HGET: { least: 2, most: 2, run: (store, [key, field]) => bulk(store.entry(key!) && hashOn(store, key!).get(field!)) },
  HGETALL: {
    least: 1,
    most: 1,
    run: (store, [key]) => list(store.entry(key!) ? Array.from(hashOn(store, key!)).flat() : []),
  },
  HKEYS: { least: 1, most: 1, run: (store, [key]) => list(store.entry(key!) ? hashOn(store, key!).keys() : []) },
  HLEN: { least: 1, most: 1, run: (store, [key]) => integer(store.entry(key!) ? hashOn(store, key!).size : 0) },
  HSET: {
    least: 3,
    run: (store, [key, ...pairs]) => {
      if (pairs.length % 2 !== 0) throw new CommandError("ERR wrong number of arguments for 'hset' command");
      const hash = hashOn(store, key!);
      const before = hash.size;
      for (let i = 0; i < pairs.length; i += 2) hash.set(pairs[i]!, pairs[i + 1]!);
      return integer(hash.size - before);
    },
  },
};
