import type { CommandSpec } from '../command.ts';
import type { Database, Value } from '../database.ts';
import { integer, list } from '../reply.ts';

const isSet = (value: Value): value is Set<string> => value instanceof Set;
const setOn = (store: Database, key: string): Set<string> => store.container(key, () => new Set(), isSet);

/** Commands on sets. */
export const setCommands: Readonly<Record<string, CommandSpec>> = {
  SADD: {
    least: 2,
    run: (store, [key, ...members]) => {
      const set = setOn(store, key!);
      const before = set.size;
      for (const member of members) set.add(member);
      return integer(set.size - before);
    },
  },
  SCARD: { least: 1, most: 1, run: (store, [key]) => integer(store.entry(key!) ? setOn(store, key!).size : 0) },
  SISMEMBER: {
    least: 2,
    most: 2,
    run: (store, [key, member]) => integer(store.entry(key!) && setOn(store, key!).has(member!) ? 1 : 0),
  },
  SMEMBERS: { least: 1, most: 1, run: (store, [key]) => list(store.entry(key!) ? setOn(store, key!) : []) },
  SREM: {
    least: 2,
    run: (store, [key, ...members]) => {
      const set = setOn(store, key!);
      const count = members.filter((member) => set.delete(member)).length;
      store.dropIfEmpty(key!);
      return integer(count);
    },
  },
};
