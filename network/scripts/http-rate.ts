// Prints how many HTTP requests a second, each over a new connection, two simulated pods exchange.
// node network/scripts/http-rate.ts [requests] [at once]
import { realClock, seededRandom, silentLogger } from '@kubarium/shared';
import { createServer, request } from 'node:http';
import { PodNetwork } from '../src/index.ts';

const total = Number(process.argv[2] ?? 20_000);
const atOnce = Number(process.argv[3] ?? 32);
const network = new PodNetwork({ runtime: { clock: realClock, random: seededRandom(1), logger: silentLogger } });
const pod = (address: string) =>
  network.attach({ node: 'node-1', pod: { namespace: 'default', name: address, uid: address } }, [address]).network;
const web = createServer((_, response) => response.end('hello'));
pod('10.244.1.2').listen({ port: 80 }, (connection) => web.emit('connection', connection));
const client = pod('10.244.1.3');

const get = (): Promise<void> =>
  new Promise((resolve, reject) => {
    request(
      {
        host: '10.244.1.2',
        createConnection: (_, done) => {
          client.connect({ address: '10.244.1.2', port: 80 }).then((connection) => done(null, connection), reject);
          return undefined as never;
        },
      },
      (response) => response.resume().on('end', resolve),
    )
      .on('error', reject)
      .end();
  });

for (let round = 1; round <= 4; round++) {
  const start = performance.now();
  let left = total;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left-- > 0) await get();
    }),
  );
  console.log(`round ${round}: ${Math.round(total / ((performance.now() - start) / 1000))} requests/s`);
}
