import { seededRandom } from '@kubarium/shared';
import packet from 'dns-packet';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HostDnsListener } from './host-dns-listener.ts';
import { framed, FrameReader } from './tcp-frames.ts';
import { dnsOf } from './testing/dns-of.ts';
import { hostileMessages, isResponse } from './testing/hostile-messages.ts';
import { world } from './testing/world.ts';

const SEED = Number(process.env['SEED'] ?? 20_261_127);
const { dns, runtime } = await dnsOf(world);

const closing: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of closing.splice(0)) await one[Symbol.asyncDispose]();
});

async function listening(port = 0): Promise<HostDnsListener> {
  const listener = new HostDnsListener({ answer: dns.answerMessage, runtime, port });
  closing.push(listener);
  await listener.start();
  return listener;
}

const query = (name: string): Buffer => packet.encode({ type: 'query', id: 1, questions: [{ name, type: 'A' }] });
const BACKEND = query('backend.default.svc.cluster.local');
const addressesIn = (response: Uint8Array) =>
  packet.decode(Buffer.from(response)).answers?.map((one) => 'data' in one && one.data);

/** Sends messages over one TCP connection, and returns what came back until it ended. */
async function overTcp(port: number, messages: readonly Uint8Array[], splitAt?: number): Promise<Buffer[]> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  const bytes = Buffer.concat(messages.map(framed));
  if (splitAt !== undefined) socket.write(bytes.subarray(0, splitAt));
  socket.end(bytes.subarray(splitAt ?? 0));
  const frames = new FrameReader();
  const responses: Buffer[] = [];
  socket.on('data', (chunk) => responses.push(...frames.read(chunk)));
  await once(socket, 'close');
  return responses;
}

describe('HostDnsListener', () => {
  it('answers over UDP', async () => {
    const { port } = await listening();
    const socket = createSocket('udp4');
    socket.send(BACKEND, port, '127.0.0.1');
    expect(addressesIn((await once(socket, 'message'))[0] as Buffer)).toEqual(['10.96.1.1']);
    socket.close();
  });

  it('answers several questions in one TCP connection, however they are cut', async () => {
    const { port } = await listening();
    const responses = await overTcp(port, [BACKEND, query('db-0.db.default.svc.cluster.local')], 30);
    expect(responses.map(addressesIn)).toEqual([['10.96.1.1'], ['10.244.1.3']]);
  });

  it('says which error the system has for a taken port', async () => {
    const { port } = await listening();
    await expect(listening(port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    closing.pop();
  });

  it(`answers hostile messages over UDP with what can be read, or not at all (SEED=${SEED})`, async () => {
    const { port } = await listening();
    const socket = createSocket('udp4');
    const responses: Buffer[] = [];
    for (const message of hostileMessages(seededRandom(SEED), 300)) {
      socket.send(message, port, '127.0.0.1');
      // A good question after each: its answer says that the hostile one has been dealt with.
      socket.send(BACKEND, port, '127.0.0.1');
      for (;;) {
        const [response] = (await once(socket, 'message')) as [Buffer];
        if (response.readUInt16BE(0) === 1 && addressesIn(response)?.[0] === '10.96.1.1') break;
        responses.push(response);
      }
    }
    socket.close();
    expect(responses.every(isResponse)).toBe(true);
    expect(responses.length).toBeGreaterThan(100);
  });

  it(`answers hostile messages over TCP with what can be read, or ends the connection (SEED=${SEED})`, async () => {
    const { port } = await listening();
    let answered = 0;
    for (const message of hostileMessages(seededRandom(SEED), 100)) {
      const responses = await overTcp(port, [message, BACKEND]);
      expect(responses.every(isResponse)).toBe(true);
      // Where the first is met with silence, the connection ends before the second.
      expect([0, 2]).toContain(responses.length);
      answered += responses.length / 2;
    }
    expect(answered).toBeGreaterThan(30);
    expect(answered).toBeLessThan(100);
    expect((await overTcp(port, [BACKEND])).map(addressesIn)).toEqual([['10.96.1.1']]);
  });
});
