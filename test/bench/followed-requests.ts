import { createServer, request } from 'node:http';
import type { Connection, NetworkNamespace } from '@kubarium/cluster';
import { realClock, seededRandom, silentLogger } from '@kubarium/cluster';
import { packetPathFixture, resolve } from '../../cluster/src/testing/packet-path-fixture.ts';
import { TraceJournal } from '../../cluster/src/trace/trace-journal.ts';

/**
 * What it costs to be able to follow all connections: HTTP requests by Service name (DNS, rules, bytes) with nobody following, with
 * one follower, and with nobody again. Prints requests a second and the memory that the following left behind.
 *
 *     node_modules/.bin/node --expose-gc test/bench/followed-requests.ts
 */
const REQUESTS = 5_000;
const ROUNDS = 7;
const BACKENDS = Array.from({ length: 10 }, (_, n) => `10.244.2.${n + 2}`);

const { network, attach, stop } = await packetPathFixture(realClock, BACKENDS);
for (const address of BACKENDS) {
  const web = createServer((_incoming, response) => response.end('hello'));
  attach(address).network.listen({ port: 8080 }, (connection) => web.emit('connection', connection));
}
const client = attach('10.244.1.9').network;
const runtime = { clock: realClock, random: seededRandom(1), logger: silentLogger };
const journal = new TraceJournal({ runtime, tap: (tap) => network.tap(tap), evidence: () => undefined });
const context = { user: { name: 'bench', groups: [] }, runtime, dryRun: false };

const get = (from: NetworkNamespace, address: string): Promise<void> =>
  new Promise((done, fail) => {
    const connect = (ready: (error: Error | null, connection: Connection) => void): void =>
      void from.connect({ address, port: 80 }).then((connection) => ready(null, connection), fail);
    request({ host: address, createConnection: (_, ready) => (connect(ready), undefined as never) }, (response) => {
      response.resume().on('end', done);
    })
      .on('error', fail)
      .end();
  });

/** The processor's microseconds for a request, of 32 that are under way at a time: true on a busy machine as well. */
async function cost(): Promise<number> {
  let left = REQUESTS;
  const before = process.cpuUsage();
  const worker = async (): Promise<void> => {
    while (left-- > 0) await get(client, await resolve(client, 'backend.default.svc.cluster.local'));
  };
  await Promise.all(Array.from({ length: 32 }, worker));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / REQUESTS;
}

const heapMb = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

const median = (values: readonly number[]): string => values.toSorted((a, b) => a - b)[values.length >> 1]!.toFixed(1);

await cost();
const off: number[] = [];
const on: number[] = [];
let told = 0;
const before = heapMb();
for (let round = 0; round < ROUNDS; round++) {
  off.push(await cost());
  const events = (batch: readonly unknown[]): void => void (told += batch.length);
  const follow = journal.reads.watch(
    context,
    { sendInitialEvents: false, resourceVersionMatch: 'NotOlderThan' },
    { events, error: () => undefined },
  );
  on.push(await cost());
  await turn();
  follow[Symbol.dispose]();
}
process.stdout.write(
  `processor time of a request: ${median(off)} us with nobody following, ${median(on)} us followed; ` +
    `${told} of ${2 * ROUNDS * REQUESTS} flows told; ${(heapMb() - before).toFixed(1)} MiB kept\n`,
);
await stop();
