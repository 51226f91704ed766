import { timestamp } from '@kubarium/shared';
import type { Process, Program } from '../../container/process.ts';
import { defineImage } from '../define-image.ts';
import { encodeResp, RespError, RespReader } from './resp.ts';
import { RedisStore } from './redis-store.ts';

/** `redis-server [--port n]`: RESP2 and inline commands, one store for the container's life. Simplified: nothing is saved. */
const redisServer: Program = (process) =>
  new Promise((resolve) => {
    const at = process.argv.indexOf('--port');
    const port = at === -1 ? 6379 : Number(process.argv[at + 1]);
    const store = new RedisStore(process.runtime.clock);
    log(process, 'Server initialized');
    const listener = process.network.listen({ port }, (connection) => {
      const session = { database: 0 };
      const reader = new RespReader();
      connection.on('data', (chunk: Buffer) => {
        try {
          for (const request of reader.push(chunk)) {
            const words =
              request.type === 'array' ? request.items.map((item) => ('text' in item ? item.text : '')) : [];
            if (words.length === 0) continue;
            if (/^quit$/i.test(words[0]!)) {
              connection.end('+OK\r\n');
              return;
            }
            connection.write(encodeResp(store.execute(session, words)));
          }
        } catch (error) {
          if (!(error instanceof RespError)) throw error;
          connection.end(encodeResp({ type: 'error', text: `ERR ${error.message}` }));
        }
      });
      connection.on('end', () => connection.end());
      connection.on('error', () => connection.destroy());
    });
    log(process, `Ready to accept connections tcp`);
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.onSignal(signal, () => {
        listener[Symbol.dispose]();
        log(process, `User requested shutdown...\n${process.pid}:M Redis is now ready to exit, bye bye...`);
        resolve(0);
      });
  });

function log(process: Process, text: string): void {
  process.stdout.write(`${process.pid}:M ${timestamp(process.runtime.clock.now())} * ${text}\n`);
}

export const redis = defineImage({
  entrypoint: ['redis-server'],
  workingDirectory: '/data',
  programs: { '/usr/local/bin/redis-server': redisServer },
  files: (files) => files.makeDirectory('/data', { mode: 0o777 }),
  sizeBytes: 45_000_000,
});
