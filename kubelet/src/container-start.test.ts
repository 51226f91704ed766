import type { ContainerStatus } from '@kubarium/shared';
import { makeConfigMap } from '@kubarium/shared/testing';
import { expect, it } from 'vitest';
import { TestNode } from './testing/test-node.ts';

const state = (node: TestNode) => (node.pod().status.containerStatuses as [ContainerStatus])[0].state;

it('backs off from an image that cannot be had', async () => {
  await using node = await TestNode.start();
  await node.run({ spec: { containers: [{ name: 'main', image: 'nginx:nonexistent' }] } });
  const why = 'failed to resolve reference "docker.io/library/nginx:nonexistent": not found';
  expect(state(node)).toEqual({ waiting: { reason: 'ErrImagePull', message: why } });
  await node.advance(1.5);
  expect(state(node)).toEqual({
    waiting: {
      reason: 'ImagePullBackOff',
      message: `Back-off pulling image "nginx:nonexistent": ErrImagePull: ${why}`,
    },
  });
  expect(node.events()).toEqual([
    'Pulling: Pulling image "nginx:nonexistent"',
    `Failed: Failed to pull image "nginx:nonexistent": ${why}`,
    'Failed: Error: ErrImagePull',
    'BackOff: Back-off pulling image "nginx:nonexistent"',
    'Failed: Error: ImagePullBackOff',
  ]);
  const pulls = () =>
    node.api.requests.filter(
      ({ body }) =>
        JSON.stringify(body ?? {}).includes('"Pulling"') || (body as { count?: number })?.count !== undefined,
    );
  const before = pulls().length;
  await node.advance(9);
  expect(pulls().length).toBeGreaterThan(before);
});

it.each<[string, object, string, string]>([
  [
    'is not to be pulled',
    { image: 'x', imagePullPolicy: 'Never' },
    'ErrImageNeverPull',
    'Container image "x" is not present with pull policy of Never',
  ],
  [
    'is no image',
    { image: 'UP' },
    'InvalidImageName',
    `Failed to apply default image tag "UP": couldn't parse image name "UP": invalid reference format: repository name (library/UP) must be lowercase`,
  ],
])('waits where the image %s', async (_, container, reason, message) => {
  await using node = await TestNode.start();
  await node.run({ spec: { containers: [{ name: 'main', ...container }] } });
  expect(state(node)).toEqual({ waiting: { reason, message } });
});

it('pulls an image once, and takes it from the node after that', async () => {
  await using node = await TestNode.start({ pullDelay: () => 1200 });
  await node.run();
  expect(state(node)).toEqual({ waiting: { reason: 'ContainerCreating' } });
  // It waits for the clock, so the clock may go on.
  expect(node.activity.idle).toBe(true);
  await node.advance(1.2);
  await node.run({ metadata: { name: 'second' } });
  expect(node.events().filter((event) => event.startsWith('Pulled'))).toEqual([
    'Pulled: Successfully pulled image "my-app" in 1.2s (1.2s including waiting). Image size: 1234 bytes.',
    'Pulled: Container image "my-app" already present on machine and can be accessed by the pod',
  ]);
  await node.advance(10);
  expect(node.api.node('node-1')!.status.images).toMatchObject([
    { sizeBytes: 1234, names: [expect.stringMatching(/@sha256:/), 'docker.io/library/my-app:latest'] },
  ]);
});

it('joins a pull that is on its way', async () => {
  await using node = await TestNode.start({ pullDelay: () => 1200 });
  await node.run();
  await node.advance(1);
  await node.run({ metadata: { name: 'second' } });
  await node.advance(0.2);
  expect(node.events().filter((event) => event.startsWith('Pulled'))).toEqual([
    'Pulled: Successfully pulled image "my-app" in 1.2s (1.2s including waiting). Image size: 1234 bytes.',
    'Pulled: Successfully pulled image "my-app" in 200ms (200ms including waiting). Image size: 1234 bytes.',
  ]);
});

it('waits for a ConfigMap that a variable comes from', async () => {
  await using node = await TestNode.start();
  const env = [{ name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'config', key: 'level' } } }];
  await node.run({ spec: { containers: [{ name: 'main', image: 'x', env }] } });
  expect(state(node)).toEqual({
    waiting: { reason: 'CreateContainerConfigError', message: 'configmap "config" not found' },
  });
  expect(node.events()).toContain('Failed: Error: configmap "config" not found');
  node.api.put('configmaps', makeConfigMap('config', { data: { level: 'debug' } }));
  await node.advance(10);
  expect(node.containers.last('main').options.env['LEVEL']).toBe('debug');
  expect(state(node)).toHaveProperty('running');
});

it('says with 128 that a program is not there', async () => {
  await using node = await TestNode.start();
  await node.run({
    spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'x', command: ['missing'] }] },
  });
  expect(state(node)?.terminated).toMatchObject({
    exitCode: 128,
    reason: 'StartError',
    startedAt: '1970-01-01T00:00:00Z',
    message: expect.stringContaining('exec: "missing": executable file not found in $PATH'),
  });
  expect(node.pod().status.phase).toBe('Failed');
});

it('lays command and args over the image, with variables in them', async () => {
  await using node = await TestNode.start();
  const env = [{ name: 'WHO', value: 'world' }];
  await node.run({
    metadata: { name: 'a' },
    spec: { containers: [{ name: 'a', image: 'x', args: ['hi', '$(WHO)'], env }] },
  });
  await node.run({
    metadata: { name: 'b' },
    spec: { containers: [{ name: 'b', image: 'x', command: ['run'], workingDir: '/w' }] },
  });
  expect(node.containers.last('a').options.argv).toEqual(['app', 'hi', 'world']);
  expect(node.containers.last('a').options).toMatchObject({
    workingDirectory: '/srv',
    env: { IMAGE: 'yes', HOSTNAME: 'a', HOME: '/root', PATH: expect.any(String) as string },
    pod: { namespace: 'default', name: 'a', ip: '10.244.0.2', node: 'node-1', container: 'a', image: 'x' },
  });
  expect(node.containers.last('b').options).toMatchObject({ argv: ['run'], workingDirectory: '/w' });
});

it('reports a container as a kubelet of 1.35 does', async () => {
  await using node = await TestNode.start();
  const resources = { requests: { cpu: '100m' } };
  const volumeMounts = [{ name: 'v', mountPath: '/v', readOnly: true }];
  await node.run({
    spec: {
      volumes: [{ name: 'v', emptyDir: {} }],
      securityContext: { runAsUser: 5, runAsGroup: 6, fsGroup: 7 },
      containers: [{ name: 'main', image: 'x', resources, volumeMounts }],
    },
  });
  expect(node.pod().status.containerStatuses).toEqual([
    {
      allocatedResources: { cpu: '100m' },
      containerID: expect.stringMatching(/^kubarium:\/\/[0-9a-f]{64}$/) as string,
      image: 'docker.io/library/x:latest',
      imageID: expect.stringMatching(/^docker.io\/library\/x@sha256:/) as string,
      lastState: {},
      name: 'main',
      ready: true,
      resources,
      restartCount: 0,
      started: true,
      state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
      user: { linux: { gid: 6, supplementalGroups: [6, 7], uid: 5 } },
      volumeMounts: [{ mountPath: '/v', name: 'v', readOnly: true, recursiveReadOnly: 'Disabled' }],
    },
  ]);
});
