import { NetError, VirtualClock } from '@kubarium/shared';
import { describe, expect, it } from 'vitest';
import { PodConnection } from './connection.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import { textOf, turns } from './testing/network-fixture.ts';

function fixture() {
  const clock = new VirtualClock();
  const deliveries = new DeliveryQueue((error) => {
    throw error;
  });
  const closed: string[] = [];
  const a = { address: '10.244.1.2', port: 40_000 };
  const b = { address: '10.244.2.3', port: 80 };
  const [client, server] = PodConnection.pair({ local: a, remote: b }, { local: b, remote: a }, deliveries, clock);
  const keeper = { closed: (one: PodConnection) => void closed.push(one === client ? 'client' : 'server') };
  client.keeper = keeper;
  server.keeper = keeper;
  return { clock, deliveries, client, server, closed };
}

const errorOf = (connection: PodConnection): Promise<unknown> =>
  new Promise((resolve) => connection.once('error', resolve));

describe('a connection', () => {
  it('brings bytes both ways in order, and stays open one way after the other has ended', async () => {
    const { client, server, closed } = fixture();
    client.end('request');
    await expect(textOf(server)).resolves.toBe('request');
    expect(closed).toEqual([]);
    server.write('ans');
    server.end('wer');
    await expect(textOf(client)).resolves.toBe('answer');
    await turns();
    expect(closed.sort()).toEqual(['client', 'server']);
  });

  it('holds a writer back until the reader reads', async () => {
    const { client, server } = fixture();
    let written = 0;
    for (let i = 0; i < 64; i++) client.write(Buffer.alloc(65_536), () => written++);
    await turns();
    expect(written).toBeLessThan(4);
    expect(client.writableNeedDrain).toBe(true);
    server.resume();
    await turns(100);
    expect(written).toBe(64);
  });

  it('brings everything when more chunks are written than one turn takes, in order', async () => {
    const { client, server } = fixture();
    let expected = '';
    const text = textOf(server);
    for (let i = 0; i < 3_000; i++) {
      client.write(`${i},`);
      expected += `${i},`;
    }
    client.end();
    await expect(text).resolves.toBe(expected);
  });

  it('leaves turns of the event loop to others while two ends talk without pause', async () => {
    const { client, server } = fixture();
    let volleys = 0;
    client.on('data', (ball) => {
      volleys++;
      client.write(ball);
    });
    server.on('data', (ball) => server.write(ball));
    client.write('ball');
    await turns(10);
    client.destroy();
    expect(volleys).toBeGreaterThan(100);
  });

  it('is broken by a reset: the other end sees ECONNRESET, its own end just closes', async () => {
    const { client, server, closed } = fixture();
    const error = errorOf(server);
    server.write('lost');
    client.reset();
    await expect(error).resolves.toMatchObject({ code: 'ECONNRESET', syscall: 'read' });
    expect(client.errored).toBeNull();
    await turns();
    expect(closed.sort()).toEqual(['client', 'server']);
  });

  it.each([
    ['with an end where everything was read', '', undefined],
    ['with a reset where bytes were left unread', 'unread', 'ECONNRESET'],
  ])('closes %s', async (_, sent, code) => {
    const { client, server } = fixture();
    if (sent !== '') server.write(sent);
    await turns(1);
    client.destroy();
    server.resume();
    await turns();
    expect((server.errored as NetError | null)?.code).toBe(code);
    expect(server.readableEnded).toBe(code === undefined);
  });

  it('fails a write to an end that is gone', async () => {
    const { client, server } = fixture();
    client.destroy();
    server.resume();
    await turns();
    const error = errorOf(server);
    server.write('anybody?');
    await expect(error).resolves.toMatchObject({ code: 'EPIPE' });
  });

  it('lets a writer go whose reader is destroyed', async () => {
    const { client, server } = fixture();
    for (let i = 0; i < 10; i++) client.write(Buffer.alloc(65_536));
    await turns();
    server.destroy();
    await turns();
    expect(client.destroyed).toBe(true);
  });

  it('does not bring down the process when nobody listens for its error', async () => {
    const { client, server } = fixture();
    client.reset();
    await turns();
    expect((server.errored as NetError).code).toBe('ECONNRESET');
  });

  it('tells when it was idle for as long as asked, on the virtual clock', async () => {
    const { clock, client, server } = fixture();
    const timeouts: number[] = [];
    const start = clock.now();
    client.setTimeout(1_000, () => timeouts.push(clock.now() - start));
    server.resume();
    clock.advance(900);
    client.write('x');
    await turns();
    clock.advance(999);
    expect(timeouts).toEqual([]);
    clock.advance(1);
    expect(timeouts).toEqual([1_900]);
    client.setTimeout(1_000).setTimeout(0);
    clock.advance(10_000);
    expect(timeouts).toEqual([1_900]);
  });
});
