import { microTimestamp } from '@kubarium/shared';
import type { Process, Program } from '../../container/process.ts';
import { write } from '../../container/standard-io.ts';
import { command } from '../../shell/command.ts';
import { dialFirst, resolveHost } from '../../shell/http-client.ts';
import { defineImage } from '../define-image.ts';
import { entrypoint, onMessages, serveUntilSignal, versionOf } from './database-server.ts';

const PORT = 3306;
/** Where a database that was set up lies; with it, no password needs to be given. */
const DATA = '/var/lib/mysql/ibdata1';

const CAPABILITIES = 0xdf_ff_f7_ff;
const UTF8MB4 = 255;
const AUTOCOMMIT = 2;
const PLUGIN = 'caching_sha2_password';

/** A packet: its length in 3 bytes, its number, its payload. */
function packet(number: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUIntLE(payload.length, 0, 3);
  head[3] = number;
  return Buffer.concat([head, payload]);
}

/** The server's first message: protocol 10, its version, and the scramble that a password is to be hashed with. */
function handshake(version: string, connectionId: number, scramble: Buffer): Buffer {
  const fixed = Buffer.alloc(4 + 8 + 1 + 2 + 1 + 2 + 2 + 1 + 10);
  fixed.writeUInt32LE(connectionId, 0);
  scramble.copy(fixed, 4, 0, 8);
  fixed.writeUInt16LE(CAPABILITIES & 0xffff, 13);
  fixed.writeUInt8(UTF8MB4, 15);
  fixed.writeUInt16LE(AUTOCOMMIT, 16);
  fixed.writeUInt16LE(CAPABILITIES >>> 16, 18);
  fixed.writeUInt8(scramble.length + 1, 20);
  const texts = [
    Buffer.from([10]),
    Buffer.from(`${version}\0`),
    fixed,
    scramble.subarray(8),
    Buffer.from(`\0${PLUGIN}\0`),
  ];
  return packet(0, Buffer.concat(texts));
}

/** An error: its code, SQL state and text. */
function failure(number: number, code: number, state: string, text: string): Buffer {
  const head = Buffer.from([0xff, code & 0xff, code >> 8]);
  return packet(number, Buffer.concat([head, Buffer.from(`#${state}${text}`)]));
}

/**
 * `mysqld`: listens, and greets each client with protocol 10's handshake, as a live server does. Without a password setting it ends with
 * 1, as the image does. Simplified: it runs no SQL, and answers each login with error 1235, which says so.
 */
const mysqld: Program = async (process) => {
  const { env, files } = process;
  const settings = ['MYSQL_ROOT_PASSWORD', 'MYSQL_ALLOW_EMPTY_PASSWORD', 'MYSQL_RANDOM_ROOT_PASSWORD'];
  const isSet = [...settings, ...settings.map((name) => name.replace('MYSQL', 'MARIADB'))].some((name) => env[name]);
  if (!isSet && !files.exists(DATA)) {
    await log(process, 'ERROR', 'Entrypoint', 'Database is uninitialized and password option is not specified');
    process.stderr.write(`    You need to specify one of the following as an environment variable:\n`);
    for (const name of settings) process.stderr.write(`    - ${name}\n`);
    return 1;
  }
  const version = versionOf(process, '8.4.3');
  if (!files.exists(DATA)) files.writeFile(DATA, '');
  await log(process, 'System', 'MY-010116', `/usr/sbin/mysqld (mysqld ${version}) starting as process ${process.pid}`);
  let connections = 7;
  const random = process.runtime.random.fork(`mysql/${process.pod.uid}`);
  const ended = serveUntilSignal(
    process,
    PORT,
    (connection) => {
      const scramble = Buffer.from(Array.from({ length: 20 }, () => 1 + random.integer(126)));
      connection.write(handshake(version, ++connections, scramble));
      const lengthOf = (bytes: Buffer): number | undefined =>
        bytes.length < 4 ? undefined : 4 + bytes.readUIntLE(0, 3);
      onMessages(connection, lengthOf, (message) => {
        const text = 'This mysqld is simulated: it greets its clients and runs no SQL';
        connection.end(failure(message[3]! + 1, 1235, '42000', text));
      });
    },
    () => void log(process, 'System', 'MY-013172', 'Received SHUTDOWN from user <via user signal>.'),
  );
  await log(
    process,
    'System',
    'MY-010931',
    `/usr/sbin/mysqld: ready for connections. Version: '${version}'  socket: '/var/run/mysqld/mysqld.sock'  port: ${PORT}  MySQL Community Server - GPL.`,
  );
  return ended;
};

const log = (process: Process, level: string, code: string, text: string): Promise<void> =>
  write(process, `${microTimestamp(process.runtime.clock.now())} 0 [${level}] [${code}] [Server] ${text}\n`);

/** The version in a server's handshake; undefined where what came is none. */
export function serverVersion(greeting: Buffer): string | undefined {
  if (greeting.length < 6 || greeting[4] !== 10) return undefined;
  const end = greeting.indexOf(0, 5);
  return end === -1 ? undefined : greeting.toString('latin1', 5, end);
}

/** `mysqladmin [-h host] [-P port] ping`, which probes use. */
const mysqladmin = command(
  { letters: 'h:P:u:p:s', long: { host: 'h', port: 'P', user: 'u', password: 'p' } },
  async (process, options) => {
    const host = options.value('h') ?? 'localhost';
    try {
      const addresses = await resolveHost(process, host);
      const connection = await dialFirst(process, addresses, options.number('P') ?? PORT, { timeoutMs: 10_000 });
      connection.destroy();
      await write(process, 'mysqld is alive\n');
      return 0;
    } catch {
      process.stderr.write(
        `mysqladmin: connect to server at '${host}' failed\nerror: 'Can't connect to MySQL server on '${host}:${options.number('P') ?? PORT}''\n`,
      );
      return 1;
    }
  },
);

export const mysql = defineImage({
  entrypoint: ['docker-entrypoint.sh'],
  command: ['mysqld'],
  programs: {
    '/usr/local/bin/docker-entrypoint.sh': entrypoint('mysqld'),
    '/usr/sbin/mysqld': mysqld,
    '/usr/bin/mysqladmin': mysqladmin,
  },
  files: (files) => files.makeDirectory('/var/lib/mysql', { recursive: true }),
  sizeBytes: 240_000_000,
});

export const mariadb = defineImage({
  entrypoint: ['docker-entrypoint.sh'],
  command: ['mariadbd'],
  programs: {
    '/usr/local/bin/docker-entrypoint.sh': entrypoint('mariadbd'),
    '/usr/sbin/mariadbd': mysqld,
    '/usr/bin/mariadb-admin': mysqladmin,
    '/usr/bin/mysqladmin': mysqladmin,
  },
  files: (files) => files.makeDirectory('/var/lib/mysql', { recursive: true }),
  sizeBytes: 120_000_000,
});
