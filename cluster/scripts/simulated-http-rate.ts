// Prints how many HTTP requests by Service name a second run on the pod network: DNS datagrams, virtual IP, a new connection,
// request and answer by node:http, one process. node cluster/scripts/simulated-http-rate.ts [requests] [at once]
import { realClock, type Connection } from '@kubarium/shared';
import { createServer, request } from 'node:http';
import { packetPathFixture, resolve } from '../src/testing/packet-path-fixture.ts';

const total = Number(process.argv[2] ?? 20_000);
const atOnce = Number(process.argv[3] ?? 32);
const backends = ['10.244.1.2', '10.244.2.2', '10.244.2.3'];
const { attach, stop } = await packetPathFixture(realClock, backends);
for (const address of backends) {
  const web = createServer((_, response) => response.end(address));
  attach(address).network.listen({ port: 8080 }, (connection) => web.emit('connection', connection));
}
const client = attach('10.244.1.9').network;

const get = (address: string): Promise<void> =>
  new Promise((done, fail) => {
    const connect = (ready: (error: Error | null, connection: Connection) => void): void =>
      void client.connect({ address, port: 80 }).then((connection) => ready(null, connection), fail);
    request({ host: address, createConnection: (_, ready) => (connect(ready), undefined as never) }, (response) =>
      response.resume().on('end', done),
    )
      .on('error', fail)
      .end();
  });

const measure = async (what: string, one: () => Promise<void>): Promise<void> => {
  for (let round = 1; round <= 3; round++) {
    const start = performance.now();
    let left = total;
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (left-- > 0) await one();
      }),
    );
    if (round === 3) console.log(`${what}: ${Math.round(total / ((performance.now() - start) / 1000))}/s`);
  }
};
await measure('DNS questions', async () => void (await resolve(client, 'backend.default.svc.cluster.local')));
await measure('HTTP by cluster IP', () => get('10.96.1.1'));
await measure('HTTP by name (one question, one request)', async () =>
  get(await resolve(client, 'backend.default.svc.cluster.local')),
);
await stop();
