import type { CommandSpec, Handler } from '../command.ts';
import { whole } from '../command.ts';
import type { Database, Value } from '../database.ts';
import { bulk, integer, list, NULL } from '../reply.ts';

const isList = (value: Value): value is string[] => Array.isArray(value);
const listOn = (store: Database, key: string): string[] => store.container(key, () => [], isList);

const push =
  (left: boolean): Handler =>
  (store, [key, ...values]) => {
    const target = listOn(store, key!);
    for (const value of values) {
      if (left) target.unshift(value);
      else target.push(value);
    }
    return integer(target.length);
  };

const pop =
  (left: boolean): Handler =>
  (store, [key]) => {
    if (store.entry(key!) === undefined) return NULL;
    const target = listOn(store, key!);
    const value = left ? target.shift() : target.pop();
    store.dropIfEmpty(key!);
    return bulk(value);
  };

function slice(items: readonly string[], from: string | undefined, to: string | undefined): string[] {
  const start = whole(from);
  const end = whole(to);
  return items.slice(start < 0 ? Math.max(0, items.length + start) : start, end < 0 ? items.length + end + 1 : end + 1);
}

/** Commands on lists. */
export const listCommands: Readonly<Record<string, CommandSpec>> = {
  LLEN: { least: 1, most: 1, run: (store, [key]) => integer(store.entry(key!) ? listOn(store, key!).length : 0) },
  LPOP: { least: 1, most: 1, run: pop(true) },
  LPUSH: { least: 2, run: push(true) },
  LRANGE: {
    least: 3,
    most: 3,
    run: (store, [key, from, to]) => list(store.entry(key!) ? slice(listOn(store, key!), from, to) : []),
  },
  RPOP: { least: 1, most: 1, run: pop(false) },
  RPUSH: { least: 2, run: push(false) },
};
