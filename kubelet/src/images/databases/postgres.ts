import { timestamp } from '@kubarium/shared';
import type { Process, Program } from '../../container/process.ts';
import { write } from '../../container/standard-io.ts';
import { command } from '../../shell/command.ts';
import { dialFirst, resolveHost } from '../../shell/http-client.ts';
import { defineImage } from '../define-image.ts';
import { entrypoint, onMessages, serveUntilSignal, versionOf } from './database-server.ts';

const PORT = 5432;
/** Where a database that was set up lies; with it, no password needs to be given. */
const DATA = '/var/lib/postgresql/data/PG_VERSION';

/** Codes that a client sends in place of its protocol version. */
const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;
const CANCEL_REQUEST = 80_877_102;

/** A message of the server: its kind, its length, its body. */
function message(kind: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5, kind, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** No client says more at its start. */
const LONGEST = 10_000;

/** The server asks for a password in clear. */
const ASK_PASSWORD = message('R', Buffer.from([0, 0, 0, 3]));

const failure = (code: string, text: string): Buffer =>
  message('E', Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${text}\0\0`));

/**
 * `postgres`: listens, declines TLS, and answers a client's start with a request for its password, as a live server does. Without a
 * password setting it ends with 1, as the image does. Simplified: it runs no SQL, and ends each session with FATAL 0A000, which says so.
 */
const postgres: Program = async (process) => {
  const { env, files } = process;
  if (!env['POSTGRES_PASSWORD'] && env['POSTGRES_HOST_AUTH_METHOD'] !== 'trust' && !files.exists(DATA)) {
    process.stderr.write(
      'Error: Database is uninitialized and superuser password is not specified.\n' +
        '       You must specify POSTGRES_PASSWORD to a non-empty value for the\n' +
        '       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".\n',
    );
    return 1;
  }
  const version = versionOf(process, '17.2');
  if (!files.exists(DATA)) files.writeFile(DATA, `${version.split('.')[0]}\n`);
  await log(process, `starting PostgreSQL ${version} on x86_64-pc-linux-gnu, simulated`);
  const ended = serveUntilSignal(
    process,
    PORT,
    (connection) => {
      let isStarted = false;
      // Messages of the start have no kind before their length.
      const lengthOf = (bytes: Buffer): number | undefined => {
        if (bytes.length < 5) return undefined;
        const length = isStarted ? 1 + bytes.readInt32BE(1) : bytes.readInt32BE(0);
        return length >= 5 && length <= LONGEST ? length : 5;
      };
      onMessages(connection, lengthOf, (received) => {
        const code = received.length >= 8 ? received.readInt32BE(4) : 0;
        if (isStarted) {
          connection.end(failure('0A000', 'this server is simulated: it greets its clients and runs no SQL'));
        } else if (code === SSL_REQUEST || code === GSS_REQUEST) connection.write('N');
        else if (code === CANCEL_REQUEST) connection.end();
        else if (code >> 16 === 3) {
          isStarted = true;
          connection.write(ASK_PASSWORD);
        } else connection.end();
      });
    },
    () => void log(process, 'received fast shutdown request'),
  );
  await log(process, `listening on IPv4 address "0.0.0.0", port ${PORT}`);
  await log(process, 'database system is ready to accept connections');
  return ended;
};

const log = (process: Process, text: string): Promise<void> => {
  const time = timestamp(process.runtime.clock.now()).replace('T', ' ').replace('Z', '.000 UTC');
  return write(process, `${time} [${process.pid}] LOG:  ${text}\n`);
};

/** `pg_isready [-h host] [-p port]`, which probes use: 0 accepting, 2 no response. */
const pgIsReady = command(
  { letters: 'h:p:U:d:t:q', long: { host: 'h', port: 'p', username: 'U', dbname: 'd' } },
  async (process, options) => {
    const host = options.value('h');
    const port = options.number('p') ?? PORT;
    const place = `${host ?? '/var/run/postgresql'}:${port}`;
    try {
      const addresses = await resolveHost(process, host ?? 'localhost');
      const connection = await dialFirst(process, addresses, port, { timeoutMs: 3_000 });
      connection.destroy();
      await write(process, `${place} - accepting connections\n`);
      return 0;
    } catch {
      await write(process, `${place} - no response\n`);
      return 2;
    }
  },
);

export const postgresImage = defineImage({
  entrypoint: ['docker-entrypoint.sh'],
  command: ['postgres'],
  programs: {
    '/usr/local/bin/docker-entrypoint.sh': entrypoint('postgres'),
    '/usr/local/bin/postgres': postgres,
    '/usr/local/bin/pg_isready': pgIsReady,
  },
  files: (files) => files.makeDirectory('/var/lib/postgresql/data', { recursive: true }),
  sizeBytes: 150_000_000,
});
