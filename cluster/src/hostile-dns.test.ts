import { hostileMessages, isResponse } from '@kubarium/dns/testing';
import { seededRandom, VirtualClock } from '@kubarium/shared';
import { afterEach, expect, it } from 'vitest';
import { packetPathFixture, resolve } from './testing/packet-path-fixture.ts';

const SEED = Number(process.env['SEED'] ?? 20_261_127);
const DNS = { address: '10.96.0.10', port: 53 };
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function fixture() {
  const base = await packetPathFixture(new VirtualClock(), []);
  stops.push(base.stop);
  return { ...base, client: base.attach('10.244.1.9').network };
}

it(`answers hostile datagrams of pods with what can be read, or not at all (SEED=${SEED})`, async () => {
  const { client } = await fixture();
  const responses: Uint8Array[] = [];
  const socket = client.bind({ port: 0, onDatagram: ({ data }) => responses.push(data) });
  for (const message of hostileMessages(seededRandom(SEED), 1_000)) socket.send(message, DNS);
  await expect(resolve(client, 'backend.default.svc.cluster.local')).resolves.toBe('10.96.1.1');
  expect(responses.every(isResponse)).toBe(true);
  expect(responses.length).toBeGreaterThan(300);
});

it(`answers hostile messages over TCP with what can be read, or ends the connection (SEED=${SEED})`, async () => {
  const { client } = await fixture();
  let answered = 0;
  for (const message of hostileMessages(seededRandom(SEED), 300)) {
    const connection = await client.connect(DNS);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(message.length);
    connection.end(Buffer.concat([length, message]));
    const chunks: Buffer[] = [];
    for await (const chunk of connection) chunks.push(chunk as Buffer);
    if (chunks.length === 0) continue;
    expect(isResponse(Buffer.concat(chunks).subarray(2))).toBe(true);
    answered++;
  }
  expect(answered).toBeGreaterThan(100);
  await expect(resolve(client, 'backend.default.svc.cluster.local')).resolves.toBe('10.96.1.1');
});
