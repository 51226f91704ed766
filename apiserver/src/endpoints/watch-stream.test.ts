import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { chunkOf, EventLines, WatchStream } from './watch-stream.ts';

test('a chunk counts bytes, not characters', () => {
  expect(chunkOf('aä\n').toString()).toBe('4\r\naä\n\r\n');
});

test('watchers of one change share its bytes', () => {
  const lines = new EventLines();
  const event = { type: 'ADDED' as const, text: '{"kind":"Pod"}' };
  expect(lines.chunk(event)).toBe(lines.chunk({ ...event }));
  expect(lines.chunk(event).toString()).toContain('{"type":"ADDED","object":{"kind":"Pod"}}\n');
});

test('the same text under another type is another line', () => {
  const lines = new EventLines();
  lines.chunk({ type: 'ADDED', text: '{}' });
  expect(lines.chunk({ type: 'MODIFIED', text: '{}' }).toString()).toContain('"MODIFIED"');
  expect(lines.chunk({ type: 'ADDED', text: '{}' }).toString()).toContain('"ADDED"');
});

test('a watch behind another reply on its connection waits for that reply', async () => {
  let first: ServerResponse | undefined;
  const server = createServer((request, response) => {
    if (request.url === '/first') {
      first = response;
      return;
    }
    const stream = new WatchStream(response);
    expect(stream.write([chunkOf('event\n')])).toBe(true);
    stream.end();
    first!.end('before');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('GET /first HTTP/1.1\r\nHost: a\r\n\r\nGET /watch HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  const received = await text(socket);
  server.close();
  expect(received).toMatch(/before.*HTTP\/1\.1 200 OK.*6\r\nevent\n\r\n0\r\n\r\n$/s);
});

test('a watch behind a reply that never ends is cut off where too much waits', async () => {
  let stream: WatchStream | undefined;
  const { promise: opened, resolve } = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    if (request.url === '/first') return;
    stream = new WatchStream(response, 10);
    resolve();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('GET /first HTTP/1.1\r\nHost: a\r\n\r\nGET /watch HTTP/1.1\r\nHost: a\r\n\r\n');
  await opened;
  const closed = once(socket, 'close');
  expect(stream!.write([chunkOf('a')])).toBe(true);
  expect(stream!.write([chunkOf('too long for it')])).toBe(false);
  await closed;
  server.close();
});

test('a watcher that does not read is cut off where too much waits, and told nothing after a gap', async () => {
  const { promise: opened, resolve } = Promise.withResolvers<WatchStream>();
  const server = createServer((_request, response) => resolve(new WatchStream(response, 10))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('GET /watch HTTP/1.1\r\nHost: a\r\n\r\n');
  const stream = await opened;
  // More than the system takes for a connection that nobody reads.
  expect(stream.write([chunkOf('x'.repeat(32 * 1024 * 1024))])).toBe(true);
  expect(stream.write([chunkOf('the event behind it')])).toBe(false);
  expect(stream.write([chunkOf('another')])).toBe(false);
  socket.on('error', () => undefined);
  let received = '';
  socket.on('data', (bytes: Buffer) => (received = received.slice(-100) + bytes.toString()));
  await once(socket, 'close');
  server.close();
  expect(received).not.toMatch(/event|another/);
});
