import { EventEmitter, once } from 'node:events';
import { IncomingMessage } from 'node:http';
import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import { duplexPair } from 'node:stream';
import { text } from 'node:stream/consumers';
import { silentLogger } from '@kubarium/shared';
import { expect, test } from 'vitest';
import type { AccessControl } from './access-control.ts';
import type { StreamingServices } from './streaming/streaming-call.ts';
import { upgradeRoutes } from './upgrade-routes.ts';

test('a refused client that goes on sending is let go once it ends', async () => {
  const server = new EventEmitter();
  upgradeRoutes(server as Server, { runtime: { logger: silentLogger } } as StreamingServices, {} as AccessControl);
  const [client, socket] = duplexPair();
  const request = Object.assign(new IncomingMessage(socket as Socket), { method: 'GET', url: '/nowhere' });
  const closed = once(socket, 'close');
  server.emit('upgrade', request, socket, Buffer.alloc(0));
  client.end('frames that nobody reads');
  expect(await text(client)).toMatch(/^HTTP\/1\.1 404 /);
  await closed;
});
