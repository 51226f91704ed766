import { createRegistry, LocalTransport, objectCodec, openSqliteStorage } from '@kubarium/apiserver';
import { ControllerManager } from '@kubarium/controllers';
import {
  Activity,
  type ApiObject,
  type Clock,
  InformerFactory,
  KubeClient,
  type Logger,
  NAMESPACES,
  type Resource,
  seededRandom,
  silentLogger,
  VirtualClock,
} from '@kubarium/shared';
import { PodRunner } from './pod-runner.ts';

/** Disposing it fails where a bug was logged meanwhile. */
export interface ControlPlane extends AsyncDisposable {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly pods: PodRunner;
  /** Resolves when nothing is queued or in work; what waits for the clock goes on waiting. */
  settle(): Promise<void>;
  /** Lets virtual time pass, timer by timer, and settles after each. */
  advance(milliseconds: number): Promise<void>;
}

/** The API server's registry on a store in memory, all controllers, and pods that run by a PodRunner; in virtual time. */
export async function startControlPlane(): Promise<ControlPlane> {
  const clock = new VirtualClock();
  const activity = new Activity();
  const invariants: string[] = [];
  const logger: Logger = {
    ...silentLogger,
    error: (facts, message) =>
      void invariants.push(`${message} ${JSON.stringify(facts)} ${String((facts as { err?: Error }).err?.stack)}`),
    child: () => logger,
  };
  const runtime = { clock, random: seededRandom(1), logger, activity };
  const storage = openSqliteStorage<ApiObject>({ path: ':memory:', codec: objectCodec });
  const tokenIssuer = {
    issue: () => {
      throw new Error('no tokens are issued here');
    },
  };
  const registry = createRegistry({ storage, runtime, tokenIssuer });
  const client = new KubeClient(
    new LocalTransport({
      registry,
      authorizer: { authorize: () => ({ allowed: true, reason: '' }) },
      user: { name: 'admin', groups: [] },
      runtime,
    }),
  );
  for (const name of ['default', 'kube-node-lease']) await client.create(NAMESPACES, { metadata: { name } });
  const informers = new InformerFactory(client, runtime);
  const resources = (): readonly Resource[] =>
    registry.definitions().filter(({ verbs }) => verbs.includes('delete') && verbs.includes('watch'));
  const manager = new ControllerManager({
    client,
    informers,
    runtime,
    rootCertificate: 'a certificate',
    podNetwork: '10.244.0.0/16',
    resources,
  });
  const pods = new PodRunner(client, informers, runtime);
  const settle = async (): Promise<void> => {
    do {
      await activity.whenIdle();
      await new Promise((resolve) => setImmediate(resolve));
    } while (!activity.idle);
  };
  await Promise.all([manager.start(), pods.start()]);
  await settle();
  return {
    client,
    clock,
    pods,
    settle,
    async advance(milliseconds) {
      const until = clock.now() + milliseconds;
      await settle();
      while (clock.fireNext(until)) await settle();
    },
    async [Symbol.asyncDispose]() {
      await manager[Symbol.asyncDispose]();
      await pods[Symbol.asyncDispose]();
      await informers[Symbol.asyncDispose]();
      await storage[Symbol.asyncDispose]();
      if (invariants.length > 0) throw new Error(`bugs were logged:\n${invariants.join('\n')}`);
    },
  };
}
