import type { Clock } from '@kubarium/shared';
import { CommandError } from './command-error.ts';
import type { CommandSpec } from './command.ts';
import { hashCommands } from './commands/hash.ts';
import { keyCommands } from './commands/key.ts';
import { listCommands } from './commands/list.ts';
import { serverCommands } from './commands/server.ts';
import { setCommands } from './commands/set.ts';
import { stringCommands } from './commands/string.ts';
import { Database } from './database.ts';
import { bulk, error, OK } from './reply.ts';
import type { RespValue } from './resp.ts';

const COMMANDS: Readonly<Record<string, CommandSpec>> = {
  ...keyCommands,
  ...stringCommands,
  ...hashCommands,
  ...listCommands,
  ...setCommands,
  ...serverCommands,
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
