import type { Clock } from '@kubarium/shared';
import { compilePattern } from '../../shell/pattern.ts';
import type { RespValue } from './resp.ts';

type Value = string | string[] | Map<string, string> | Set<string>;

interface Entry {
  readonly value: Value;
  expiresMs: number | undefined;
}

const OK: RespValue = { type: 'simple', text: 'OK' };
const NULL: RespValue = { type: 'null' };
const integer = (number: number): RespValue => ({ type: 'integer', number });
const bulk = (text: string | undefined): RespValue => (text === undefined ? NULL : { type: 'string', text });
const list = (texts: Iterable<string>): RespValue => ({ type: 'array', items: Array.from(texts, bulk) });
const error = (text: string): RespValue => ({ type: 'error', text });

const WRONG_TYPE = 'WRONGTYPE Operation against a key holding the wrong kind of value';
const NOT_INTEGER = 'ERR value is not an integer or out of range';

class CommandError extends Error {
  override readonly name = 'CommandError';
}

type Handler = (store: Database, args: readonly string[]) => RespValue;

/** How many arguments a command takes, its name not counted. */
interface CommandSpec {
  readonly least: number;
  readonly most?: number;
  readonly run: Handler;
}

/** One of Redis's databases: keys, values, expiry on the simulation's clock (looked at when a key is). */
export class Database {
  readonly clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  entry(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry?.expiresMs === undefined || entry.expiresMs > this.clock.now()) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  text(key: string): string | undefined {
    const value = this.entry(key)?.value;
    if (value !== undefined && typeof value !== 'string') throw new CommandError(WRONG_TYPE);
    return value;
  }

  set(key: string, value: Value, expiresMs?: number): void {
    this.#entries.set(key, { value, expiresMs });
  }

  /** The list, map or set on a key, made where there is none. */
  container<Kind extends string[] | Map<string, string> | Set<string>>(
    key: string,
    make: () => Kind,
    is: (value: Value) => value is Kind,
  ): Kind {
    const value = this.entry(key)?.value;
    if (value === undefined) {
      const made = make();
      this.set(key, made);
      return made;
    }
    if (!is(value)) throw new CommandError(WRONG_TYPE);
    return value;
  }

  dropIfEmpty(key: string): void {
    const value = this.entry(key)?.value;
    if (value !== undefined && typeof value !== 'string' && (Array.isArray(value) ? value.length : value.size) === 0)
      this.delete(key);
  }

  delete(key: string): boolean {
    return this.entry(key) !== undefined && this.#entries.delete(key);
  }

  keys(): string[] {
    return Array.from(this.#entries.keys()).filter((key) => this.entry(key) !== undefined);
  }

  clear(): void {
    this.#entries.clear();
  }
}

const isList = (value: Value): value is string[] => Array.isArray(value);
const isHash = (value: Value): value is Map<string, string> => value instanceof Map;
const isSet = (value: Value): value is Set<string> => value instanceof Set;
const listOn = (store: Database, key: string): string[] => store.container(key, () => [], isList);
const hashOn = (store: Database, key: string): Map<string, string> => store.container(key, () => new Map(), isHash);
const setOn = (store: Database, key: string): Set<string> => store.container(key, () => new Set(), isSet);

function whole(text: string | undefined): number {
  if (text === undefined || !/^[-+]?\d{1,16}$/.test(text)) throw new CommandError(NOT_INTEGER);
  return Number(text);
}

const increment =
  (sign: 1 | -1): Handler =>
  (store, [key, by]) => {
    const value = whole(store.text(key!) ?? '0') + sign * (by === undefined ? 1 : whole(by));
    store.set(key!, String(value), store.entry(key!)?.expiresMs);
    return integer(value);
  };

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

function typeOf(value: Value | undefined): string {
  if (value === undefined) return 'none';
  return typeof value === 'string' ? 'string' : Array.isArray(value) ? 'list' : value instanceof Map ? 'hash' : 'set';
}

function slice(items: readonly string[], from: string | undefined, to: string | undefined): string[] {
  const start = whole(from);
  const end = whole(to);
  return items.slice(start < 0 ? Math.max(0, items.length + start) : start, end < 0 ? items.length + end + 1 : end + 1);
}

const COMMANDS: Readonly<Record<string, CommandSpec>> = {
  APPEND: {
    least: 2,
    most: 2,
    run: (store, [key, value]) => {
      const text = (store.text(key!) ?? '') + value!;
      store.set(key!, text, store.entry(key!)?.expiresMs);
      return integer(Buffer.byteLength(text));
    },
  },
  COMMAND: { least: 0, run: () => list([]) },
  CONFIG: { least: 1, run: (_store, [verb]) => (verb!.toUpperCase() === 'SET' ? OK : list([])) },
  CLIENT: { least: 1, run: () => OK },
  DBSIZE: { least: 0, most: 0, run: (store) => integer(store.keys().length) },
  DECR: { least: 1, most: 1, run: increment(-1) },
  DECRBY: { least: 2, most: 2, run: increment(-1) },
  DEL: { least: 1, run: (store, keys) => integer(keys.filter((key) => store.delete(key)).length) },
  ECHO: { least: 1, most: 1, run: (_store, [text]) => bulk(text) },
  EXISTS: { least: 1, run: (store, keys) => integer(keys.filter((key) => store.entry(key) !== undefined).length) },
  EXPIRE: { least: 2, most: 3, run: expire(1000) },
  EXPIREAT: { least: 2, most: 3, run: expire(1000, true) },
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
  INCR: { least: 1, most: 1, run: increment(1) },
  INCRBY: { least: 2, most: 2, run: increment(1) },
  KEYS: {
    least: 1,
    most: 1,
    run: (store, [pattern]) => {
      const fits = compilePattern(pattern!);
      return list(store.keys().filter(fits));
    },
  },
  LLEN: { least: 1, most: 1, run: (store, [key]) => integer(store.entry(key!) ? listOn(store, key!).length : 0) },
  LPOP: { least: 1, most: 1, run: pop(true) },
  LPUSH: { least: 2, run: push(true) },
  LRANGE: {
    least: 3,
    most: 3,
    run: (store, [key, from, to]) => list(store.entry(key!) ? slice(listOn(store, key!), from, to) : []),
  },
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
  PING: {
    least: 0,
    most: 1,
    run: (_store, [text]) => (text === undefined ? { type: 'simple', text: 'PONG' } : bulk(text)),
  },
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
  RPOP: { least: 1, most: 1, run: pop(false) },
  RPUSH: { least: 2, run: push(false) },
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
  SET: { least: 2, run: setValue },
  SETEX: { least: 3, most: 3, run: (store, [key, seconds, value]) => setValue(store, [key!, value!, 'EX', seconds!]) },
  SETNX: {
    least: 2,
    most: 2,
    run: (store, [key, value]) => integer(setValue(store, [key!, value!, 'NX']) === OK ? 1 : 0),
  },
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
  STRLEN: { least: 1, most: 1, run: (store, [key]) => integer(Buffer.byteLength(store.text(key!) ?? '')) },
  TIME: {
    least: 0,
    most: 0,
    run: (store) => list([String(Math.floor(store.clock.now() / 1000)), String((store.clock.now() % 1000) * 1000)]),
  },
  TTL: { least: 1, most: 1, run: timeToLive(1000) },
  TYPE: { least: 1, most: 1, run: (store, [key]) => ({ type: 'simple', text: typeOf(store.entry(key!)?.value) }) },
};

const DATABASES = 16;

/** All databases of one server. */
export class RedisStore {
  readonly clock: Clock;
  readonly #startedMs: number;
  readonly #databases: Database[];

  constructor(clock: Clock) {
    this.clock = clock;
    this.#startedMs = clock.now();
    this.#databases = Array.from({ length: DATABASES }, () => new Database(clock));
  }

  /** Carries a command out for a session. */
  execute(session: { database: number }, words: readonly string[]): RespValue {
    const [name = '', ...args] = words;
    const upper = name.toUpperCase();
    const database = this.#databases[session.database]!;
    switch (upper) {
      case 'SELECT': {
        const index = Number(args[0]);
        if (!Number.isInteger(index)) return error('ERR invalid DB index');
        if (index < 0 || index >= DATABASES) return error('ERR DB index is out of range');
        session.database = index;
        return OK;
      }
      case 'FLUSHALL':
        for (const each of this.#databases) each.clear();
        return OK;
      case 'FLUSHDB':
        database.clear();
        return OK;
      case 'INFO':
        return bulk(this.#info());
      default:
    }
    const spec = Object.hasOwn(COMMANDS, upper) ? COMMANDS[upper] : undefined;
    if (spec === undefined)
      return error(
        `ERR unknown command '${name}', with args beginning with: ${args
          .slice(0, 3)
          .map((word) => `'${word}' `)
          .join('')}`,
      );
    if (args.length < spec.least || args.length > (spec.most ?? Infinity))
      return error(`ERR wrong number of arguments for '${name.toLowerCase()}' command`);
    try {
      return spec.run(database, args);
    } catch (failure) {
      if (failure instanceof CommandError) return error(failure.message);
      throw failure;
    }
  }

  #info(): string {
    const seconds = Math.floor((this.clock.now() - this.#startedMs) / 1000);
    const spaces = this.#databases
      .map((database, i) => ({ i, count: database.keys().length }))
      .filter(({ count }) => count > 0)
      .map(({ i, count }) => `db${i}:keys=${count},expires=0,avg_ttl=0\r\n`);
    return [
      '# Server\r\nredis_version:7.4.0\r\nredis_mode:standalone\r\nos:Kubarium\r\ntcp_port:6379\r\n',
      `uptime_in_seconds:${seconds}\r\n\r\n# Clients\r\nconnected_clients:1\r\n\r\n# Replication\r\nrole:master\r\nconnected_slaves:0\r\n\r\n# Keyspace\r\n`,
      ...spaces,
    ].join('');
  }
}
