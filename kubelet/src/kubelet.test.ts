import { expect, it } from 'vitest';
import { TestNode } from './testing/test-node.ts';

it('runs a pod with two status writes and deletes it gracefully', async () => {
  await using node = await TestNode.start();
  await node.run();
  expect(
    node
      .statusWrites()
      .map(({ phase, containerStatuses }) => [
        phase,
        Object.keys((containerStatuses as { state: object }[])[0]!.state),
      ]),
  ).toEqual([
    [undefined, ['waiting']],
    ['Running', ['running']],
  ]);
  const { status } = node.pod();
  expect(status).toMatchObject({
    phase: 'Running',
    podIP: '10.244.0.2',
    podIPs: [{ ip: '10.244.0.2' }],
    hostIP: '172.18.0.2',
    hostIPs: [{ ip: '172.18.0.2' }],
    startTime: '2026-01-01T00:00:00Z',
    observedGeneration: 1,
  });
  expect(status.conditions!.map(({ type, status: is }) => `${type}=${is}`)).toEqual([
    'PodReadyToStartContainers=True',
    'Initialized=True',
    'Ready=True',
    'ContainersReady=True',
    'PodScheduled=True',
  ]);
  expect(node.events()).toEqual([
    'Pulling: Pulling image "my-app"',
    'Pulled: Successfully pulled image "my-app" in 0s (0s including waiting). Image size: 1234 bytes.',
    'Created: Container created',
    'Started: Container started',
  ]);
  node.api.deletePod('pod');
  await node.settle();
  expect(node.containers.last('main').signals).toEqual(['SIGTERM']);
  expect(node.api.pod('pod')).toBeUndefined();
  expect(node.network.attached).toEqual(new Set());
  expect(node.events().at(-1)).toBe('Killing: Stopping container main');
  expect(node.activity.idle).toBe(true);
});
