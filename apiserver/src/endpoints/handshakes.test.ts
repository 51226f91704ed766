import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { Handshakes } from './handshakes.ts';

const PLACE = { remoteAddress: { value: '127.0.0.1' }, remotePort: { value: 1 } };
const peer = (remotePort: number) =>
  Object.defineProperties(new Socket(), { ...PLACE, remotePort: { value: remotePort } });
const podConnection = () => Object.defineProperties(new PassThrough(), PLACE);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function setUp() {
  const server = new EventEmitter();
  const handshakes = new Handshakes(server as never);
  let calls = 0;
  return { server, ask: () => handshakes.before(() => calls++), calls: () => calls };
}

test('a request waits for connections that are being opened, until they are or are gone', async () => {
  const { server, ask, calls } = setUp();
  ask();
  expect(calls()).toBe(1);
  const [first, second] = [peer(1), peer(2)];
  server.emit('connection', first);
  server.emit('connection', second);
  ask();
  await turn();
  server.emit('secureConnection', peer(1));
  await turn();
  expect(calls()).toBe(1);
  second.emit('close');
  await turn();
  expect(calls()).toBe(2);
});

test('a request does not wait for a connection that is never secured', async () => {
  const { server, ask, calls } = setUp();
  server.emit('connection', peer(1));
  ask();
  for (let n = 0; n < 16; n++) {
    expect(calls()).toBe(0);
    await turn();
  }
  expect(calls()).toBe(1);
});

test('a request does not wait for connections of the pod network', () => {
  const { server, ask, calls } = setUp();
  server.emit('connection', podConnection());
  ask();
  expect(calls()).toBe(1);
});
