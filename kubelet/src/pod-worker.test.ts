import type { ContainerStatus } from '@kubarium/shared';
import { expect, it } from 'vitest';
import { TestNode } from './testing/test-node.ts';

const statusOf = (node: TestNode, container = 'main', pod = 'pod'): ContainerStatus => {
  const { containerStatuses = [], initContainerStatuses = [] } = node.pod(pod).status;
  return [...containerStatuses, ...initContainerStatuses].find(({ name }) => name === container)!;
};

it('restarts what crashes after 0, 10, 20, 40 s, and says so', async () => {
  await using node = await TestNode.start();
  node.containers.onStart = (container) => container.end(7);
  await node.run();
  expect(statusOf(node)).toMatchObject({
    ready: false,
    started: false,
    restartCount: 1,
    state: {
      waiting: {
        reason: 'CrashLoopBackOff',
        message: 'back-off 10s restarting failed container=main pod=pod_default(uid-default-pod)',
      },
    },
    lastState: { terminated: { exitCode: 7, reason: 'Error', startedAt: '2026-01-01T00:00:00Z' } },
  });
  expect(node.pod().status.phase).toBe('Running');
  expect(node.events()).toContain(
    'BackOff: Back-off restarting failed container main in pod pod_default(uid-default-pod)',
  );
  const startedAfter = [0, 0];
  for (let second = 1; second <= 71; second++) {
    const before = node.containers.started.length;
    await node.advance(1);
    if (node.containers.started.length > before) startedAfter.push(second);
  }
  expect(startedAfter).toEqual([0, 0, 10, 30, 70]);
  expect(statusOf(node).state?.waiting?.message).toMatch(/^back-off 1m20s /);
});

it('shows the end of a container before its restart', async () => {
  await using node = await TestNode.start();
  await node.run();
  node.containers.last('main').end(0);
  await node.settle();
  const states = node.statusWrites().map(({ containerStatuses }) => {
    const [{ state, restartCount }] = containerStatuses as [ContainerStatus];
    return [Object.keys(state!)[0], state!.terminated?.reason, restartCount];
  });
  expect(states).toEqual([
    ['waiting', undefined, 0],
    ['running', undefined, 0],
    ['terminated', 'Completed', 0],
    ['running', undefined, 1],
  ]);
  expect(statusOf(node).lastState?.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' });
});

it('completes a pod that is not to be restarted, and keeps it until it is deleted', async () => {
  await using node = await TestNode.start();
  await node.run({ spec: { restartPolicy: 'Never' } });
  node.containers.last('main').end(0);
  await node.settle();
  expect(node.pod().status).toMatchObject({ phase: 'Succeeded', podIP: '10.244.0.2' });
  expect(node.pod().status.conditions!.map(({ type, status, reason }) => [type, status, reason])).toEqual([
    ['PodReadyToStartContainers', 'False', undefined],
    ['Initialized', 'True', 'PodCompleted'],
    ['Ready', 'False', 'PodCompleted'],
    ['ContainersReady', 'False', 'PodCompleted'],
    ['PodScheduled', 'True', undefined],
  ]);
  expect(node.network.attached).toEqual(new Set());
  node.api.deletePod('pod');
  await node.settle();
  expect(node.api.pod('pod')).toBeUndefined();
});

it('runs init containers in turn, and the pod waits for them', async () => {
  await using node = await TestNode.start();
  await node.run({
    spec: { initContainers: [{ name: 'one' }, { name: 'two' }].map((one) => ({ ...one, image: 'x' })) },
  });
  expect(node.containers.started.map(({ options }) => options.pod.container)).toEqual(['one']);
  expect(statusOf(node).state).toEqual({ waiting: { reason: 'PodInitializing' } });
  expect(statusOf(node, 'two').state).toEqual({ waiting: { reason: 'PodInitializing' } });
  expect(node.pod().status.phase).toBe('Pending');
  node.containers.last('one').end(0);
  await node.settle();
  expect(statusOf(node, 'one')).toMatchObject({
    ready: true,
    state: { terminated: { exitCode: 0, reason: 'Completed' } },
  });
  node.containers.last('two').end(0);
  await node.settle();
  expect(node.pod().status.phase).toBe('Running');
  expect(node.containers.started.map(({ options }) => options.pod.container)).toEqual(['one', 'two', 'main']);
});

it('fails a pod whose init container fails for good', async () => {
  await using node = await TestNode.start();
  const initContainers = ['one', 'two'].map((name) => ({ name, image: 'x' }));
  await node.run({ spec: { restartPolicy: 'Never', initContainers } });
  node.containers.last('one').end(1);
  await node.settle();
  const { phase, initContainerStatuses = [], containerStatuses = [] } = node.pod().status;
  expect(phase).toBe('Failed');
  expect(node.containers.started).toHaveLength(1);
  // Those whose turn never came are not said to have ended.
  expect([...initContainerStatuses.slice(1), ...containerStatuses].map(({ state }) => state)).toEqual([
    { waiting: { reason: 'PodInitializing' } },
    { waiting: { reason: 'PodInitializing' } },
  ]);
});

it('starts sidecars before and ends them after the other containers, the last one first', async () => {
  await using node = await TestNode.start();
  const sidecar = (name: string) => ({ name, image: 'x', restartPolicy: 'Always' });
  await node.run({
    spec: { restartPolicy: 'Never', initContainers: [sidecar('a'), { name: 'i', image: 'x' }, sidecar('b')] },
  });
  node.containers.last('i').end(0);
  await node.settle();
  expect(node.containers.started.map(({ options }) => options.pod.container)).toEqual(['a', 'i', 'b', 'main']);
  const a = node.containers.last('a');
  const b = node.containers.last('b');
  b.onTerm = 'ignore';
  node.containers.last('main').end(0);
  await node.settle();
  expect([a.signals, b.signals]).toEqual([[], ['SIGTERM']]);
  b.end(0);
  await node.settle();
  expect(a.signals).toEqual(['SIGTERM']);
  expect(node.pod().status.phase).toBe('Succeeded');
});

it('restarts a sidecar whatever the policy of its pod', async () => {
  await using node = await TestNode.start();
  await node.run({
    spec: { restartPolicy: 'Never', initContainers: [{ name: 'a', image: 'x', restartPolicy: 'Always' }] },
  });
  node.containers.last('a').end(1);
  await node.settle();
  expect(statusOf(node, 'a')).toMatchObject({ restartCount: 1, ready: true, started: true });
  expect(node.pod().status.phase).toBe('Running');
});

it('kills what ignores SIGTERM when its grace is over', async () => {
  await using node = await TestNode.start();
  node.containers.onStart = (container) => void (container.onTerm = 'ignore');
  await node.run();
  node.api.deletePod('pod', 5);
  await node.advance(4.9);
  const container = node.containers.last('main');
  expect(container.signals).toEqual(['SIGTERM']);
  expect(node.pod().status.phase).toBe('Running');
  await node.advance(0.2);
  expect(container.signals).toEqual(['SIGTERM', 'SIGKILL']);
  expect(node.api.pod('pod')).toBeUndefined();
  const last = node.statusWrites().at(-1) as { phase: string; containerStatuses: ContainerStatus[] };
  expect(last.phase).toBe('Failed');
  expect(last.containerStatuses[0]!.state!.terminated).toMatchObject({ exitCode: 137, reason: 'Error' });
});

it('kills sooner when the pod is deleted again with a shorter grace, or by force', async () => {
  await using node = await TestNode.start();
  node.containers.onStart = (container) => void (container.onTerm = 'ignore');
  await node.run();
  node.api.deletePod('pod', 600);
  await node.advance(10);
  node.api.deletePod('pod', 12);
  await node.advance(1.9);
  expect(node.containers.last('main').signals).toEqual(['SIGTERM']);
  node.api.remove('pods', 'default', 'pod');
  await node.advance(0.2);
  expect(node.containers.last('main').signals).toEqual(['SIGTERM', 'SIGKILL']);
  expect(node.network.attached).toEqual(new Set());
});

it('runs preStop hooks within the grace period, and SIGTERM comes after them', async () => {
  await using node = await TestNode.start();
  const lifecycle = { preStop: { sleep: { seconds: 3 } } };
  await node.run({ spec: { containers: [{ name: 'main', image: 'x', lifecycle }] } });
  node.api.deletePod('pod', 30);
  await node.advance(2.9);
  expect(node.activity.idle).toBe(true);
  expect(node.containers.last('main').signals).toEqual([]);
  await node.advance(0.2);
  expect(node.containers.last('main').signals).toEqual(['SIGTERM']);
  expect(node.api.pod('pod')).toBeUndefined();
});

it('reports a preStop hook that fails, and goes on', async () => {
  await using node = await TestNode.start();
  const lifecycle = { preStop: { exec: { command: ['bye'] } } };
  node.containers.onStart = (container) => void (container.onExec = () => ({ exitCode: 1 }));
  await node.run({ spec: { containers: [{ name: 'main', image: 'x', lifecycle }] } });
  node.api.deletePod('pod');
  await node.settle();
  expect(node.containers.last('main').commands).toEqual([['bye']]);
  expect(node.events()).toContain('FailedPreStopHook: PreStopHook failed');
  expect(node.api.pod('pod')).toBeUndefined();
});

it('ends a container whose postStart hook fails', async () => {
  await using node = await TestNode.start();
  const lifecycle = { postStart: { exec: { command: ['hello'] } } };
  node.containers.onStart = (container) => void (container.onExec = () => ({ exitCode: 1 }));
  await node.run({ spec: { containers: [{ name: 'main', image: 'x', lifecycle }] } });
  expect(node.events()).toContain('FailedPostStartHook: PostStartHook failed');
  expect(node.containers.started[0]!.signals).toEqual(['SIGTERM']);
});

it('ends a container that is stopped while it is created, once it runs', async () => {
  const held = Promise.withResolvers<void>();
  await using node = await TestNode.start({
    startContainer: async (options) => {
      await held.promise;
      return node.containers.start(options);
    },
  });
  await node.run();
  node.api.deletePod('pod', 30);
  await node.settle();
  expect(node.api.pod('pod')).toBeDefined();
  held.resolve();
  await node.settle();
  expect(node.containers.last('main').signals).toEqual(['SIGTERM']);
  expect(node.api.pod('pod')).toBeUndefined();
});

it('ends a pod at its deadline', async () => {
  await using node = await TestNode.start();
  await node.run({ spec: { activeDeadlineSeconds: 60 } });
  await node.advance(61);
  expect(node.pod().status).toMatchObject({
    phase: 'Failed',
    reason: 'DeadlineExceeded',
    message: 'Pod was active on the node longer than the specified deadline',
  });
});

it('lets no deadline pass for a pod that is over', async () => {
  await using node = await TestNode.start();
  const pod = await node.run({ spec: { restartPolicy: 'Never' } });
  node.containers.last('main').end(1);
  await node.settle();
  const over = node.pod();
  node.api.put('pods', { ...over, spec: { ...pod.spec, activeDeadlineSeconds: 5 } });
  await node.advance(6);
  expect(node.pod().status).toEqual(over.status);
  expect(node.events()).not.toContain(
    'DeadlineExceeded: Pod was active on the node longer than the specified deadline',
  );
});

it('refuses a pod that does not fit', async () => {
  await using node = await TestNode.start({ capacity: { cpu: '1' } });
  await node.run({ spec: { containers: [{ name: 'main', image: 'x', resources: { requests: { cpu: '2' } } }] } });
  expect(node.pod().status).toMatchObject({
    phase: 'Failed',
    reason: 'OutOfcpu',
    message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 2000, used: 0, capacity: 1000",
  });
  expect(node.events()).toEqual([
    "OutOfcpu: Node didn't have enough resource: cpu, requested: 2000, used: 0, capacity: 1000",
  ]);
});

it('waits for the network of the node', async () => {
  await using node = new TestNode();
  const starting = node.kubelet.start();
  await node.settle();
  await starting;
  await node.run();
  expect(node.events()[0]).toMatch(/^NetworkNotReady: network is not ready: container runtime network not ready: /);
  expect(node.pod().status.phase).toBe('Pending');
  node.api.put('nodes', { ...node.api.node('node-1')!, spec: { podCIDR: '10.244.7.0/24' } });
  await node.settle();
  expect(node.pod().status).toMatchObject({ phase: 'Running', podIP: '10.244.7.2' });
});

it('gives a pod on the network of the node its address, at once', async () => {
  await using node = await TestNode.start();
  await node.run({ spec: { hostNetwork: true } });
  expect(node.pod().status).toMatchObject({ podIP: '172.18.0.2', hostIP: '172.18.0.2' });
  expect(node.network.attached).toEqual(new Set());
  expect(node.containers.last('main').options.env['HOSTNAME']).toBe('node-1');
});

it('starts what it finds running anew, as after a reboot', async () => {
  await using node = await TestNode.start();
  await node.run();
  await node.run({ metadata: { name: 'job' }, spec: { restartPolicy: 'Never' } });
  await node.run({ metadata: { name: 'done' }, spec: { restartPolicy: 'Never' } });
  node.containers.started.at(-1)!.end(0);
  await node.settle();
  await node.restart();
  expect(statusOf(node)).toMatchObject({
    restartCount: 1,
    state: { running: {} },
    lastState: { terminated: { exitCode: 255, reason: 'Unknown' } },
  });
  expect(node.pod().status.podIPs).toEqual([{ ip: '10.244.0.5' }]);
  expect(node.events()).toContain('SandboxChanged: Pod sandbox changed, it will be killed and re-created.');
  expect(node.pod('job').status.phase).toBe('Failed');
  expect(node.pod('done').status.phase).toBe('Succeeded');
});

it('counts a restart however often the node goes down before the container is back', async () => {
  await using node = await TestNode.start({ pullDelay: () => 1000 });
  await node.run();
  node.clock.advance(1000);
  await node.settle();
  expect(statusOf(node)).toMatchObject({ restartCount: 0, state: { running: {} } });
  for (let cut = 0; cut < 3; cut++) {
    await node.restart();
    expect(statusOf(node)).toMatchObject({
      restartCount: 0,
      state: { waiting: { reason: 'ContainerCreating' } },
      lastState: { terminated: { exitCode: 255 } },
    });
  }
  node.clock.advance(1000);
  await node.settle();
  expect(statusOf(node)).toMatchObject({
    restartCount: 1,
    state: { running: {} },
    lastState: { terminated: { exitCode: 255, reason: 'Unknown' } },
  });
});

it('replaces a container whose image is changed', async () => {
  await using node = await TestNode.start();
  const pod = await node.run();
  node.api.put('pods', {
    ...node.pod(),
    metadata: { ...pod.metadata, generation: 2 },
    spec: { ...pod.spec, containers: [{ name: 'main', image: 'other' }] },
  });
  await node.settle();
  expect(node.events()).toContain('Killing: Container main definition changed, will be restarted');
  expect(statusOf(node)).toMatchObject({ image: 'docker.io/library/other:latest', restartCount: 1 });
  expect(node.pod().status.observedGeneration).toBe(2);
});

it('reports the last words of a container', async () => {
  await using node = await TestNode.start();
  await node.run({
    spec: {
      restartPolicy: 'Never',
      containers: [
        { name: 'main', image: 'x' },
        { name: 'other', image: 'x', terminationMessagePolicy: 'FallbackToLogsOnError' },
      ],
    },
  });
  node.containers.last('main').options.files.writeFile('/dev/termination-log', 'farewell');
  node.containers.last('main').end(0);
  node.containers.last('other').options.streams.stdout.write('panic: oh\n');
  node.containers.last('other').end(1);
  await node.settle();
  expect(statusOf(node).state?.terminated?.message).toBe('farewell');
  expect(statusOf(node, 'other').state?.terminated?.message).toBe('panic: oh\n');
});
