/**
 * Runs the API server alone, without nodes and controllers, to be looked at or measured:
 *
 *   node apiserver/scripts/serve.ts [PORT] [DATABASE]
 *
 * Prints its address and an administrator's token. The certificate is made for this run.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createLogger, NAMESPACES, realClock, seededRandom, serviceUnavailable, type Runtime } from '@kubarium/shared';
import { testCertificates } from '../src/endpoints/testing/certificates.ts';
import { createApiServer, createRegistry, objectCodec, openSqliteStorage, ServiceAccountSigner } from '../src/index.ts';

const [port = '0', database = ':memory:'] = process.argv.slice(2);
const runtime: Runtime = { clock: realClock, random: seededRandom(Date.now()), logger: createLogger('warn') };
const { privateKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const signer = new ServiceAccountSigner(runtime, privateKey);
const storage = openSqliteStorage({ path: database, codec: objectCodec });
const registry = createRegistry({ storage, runtime, tokenIssuer: signer });
const { ca, server: tls } = await testCertificates();
const adminToken = randomBytes(16).toString('hex');
const nowhere = serviceUnavailable('this API server has no nodes');
const server = createApiServer({
  runtime,
  registry,
  nodes: {
    kubelet: () => {
      throw nowhere;
    },
    dial: () => Promise.reject(nowhere),
  },
  tls: { ...tls, clientCa: ca },
  port: Number(port),
  adminToken,
  serviceAccountSigner: signer,
  storageRevision: () => storage.revision,
});
const user = { name: 'system:apiserver', groups: ['system:masters'] };
const context = { user, runtime, dryRun: false };
const namespaces = registry.resource(NAMESPACES.group, NAMESPACES.version, NAMESPACES.resource)!;
for (const name of ['default', 'kube-system']) {
  const metadata = { name, uid: '', resourceVersion: '', creationTimestamp: '' };
  await namespaces.create(context, {}, { apiVersion: 'v1', kind: 'Namespace', metadata }).catch(() => {});
}
// Pods need the account that a controller makes in a whole cluster.
const accounts = registry.resource('', 'v1', 'serviceaccounts')!;
namespaces.watch(
  context,
  {},
  {
    events(batch) {
      for (const { type, value } of batch) {
        if (type !== 'ADDED') continue;
        const namespace = value.metadata.name;
        const metadata = { name: 'default', namespace, uid: '', resourceVersion: '', creationTimestamp: '' };
        const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata };
        accounts.create(context, { namespace }, account).catch(() => {});
      }
    },
    error: ({ message }) => runtime.logger.error({ message }, 'watch ended'),
  },
);
const { address, port: bound } = await server.listen();
console.log(`https://${address}:${bound} ${adminToken}`);
process.once('SIGINT', () => {
  void server[Symbol.asyncDispose]()
    .then(() => storage[Symbol.asyncDispose]())
    .then(() => process.exit(0));
});
