import { seededRandom, VirtualClock } from '@kubarium/shared';
import { makePod } from '@kubarium/shared/testing';
import { expect, it } from 'vitest';
import type { Image } from '../images/image.ts';
import { createVolume, openVolume } from './memory-volume.ts';
import { containerUser } from './security-context.ts';

const runtime = { clock: new VirtualClock(), random: seededRandom(1) };
const files = openVolume(createVolume('ext4', runtime), runtime);
files.makeDirectory('/etc');
files.writeFile('/etc/passwd', 'root:x:0:0::/root:/bin/sh\nweb:x:101:102::/:/bin/sh\n');

const user = (imageUser: string | undefined, pod: object, container: object = {}) =>
  containerUser(
    makePod({ spec: { securityContext: pod } }),
    { name: 'c', securityContext: container },
    { user: imageUser } as Image,
    files,
  );

it.each<[string, string | undefined, object, object, object]>([
  ['root by default', undefined, {}, {}, { uid: 0, gid: 0, groups: [] }],
  ['the user of the image', '7:8', {}, {}, { uid: 7, gid: 8, groups: [] }],
  ['the user of the image by name', 'web', {}, {}, { uid: 101, gid: 102, groups: [] }],
  [
    'the user of the pod',
    '7',
    { runAsUser: 1, fsGroup: 5, supplementalGroups: [6] },
    {},
    { uid: 1, gid: 0, groups: [6, 5] },
  ],
  [
    'the user of the container before that of the pod',
    '7',
    { runAsUser: 1 },
    { runAsUser: 2, runAsGroup: 3 },
    { uid: 2, gid: 3, groups: [] },
  ],
])('runs as %s', (_, imageUser, pod, container, expected) => expect(user(imageUser, pod, container)).toEqual(expected));

it.each<[string | undefined, object, string]>([
  [
    undefined,
    {},
    'container has runAsNonRoot and image will run as root (pod: "pod_default(uid-default-pod)", container: c)',
  ],
  [
    'web',
    {},
    'container has runAsNonRoot and image has non-numeric user (web), cannot verify user is non-root (pod: "pod_default(uid-default-pod)", container: c)',
  ],
  [
    '7',
    { runAsUser: 0 },
    `container's runAsUser breaks non-root policy (pod: "pod_default(uid-default-pod)", container: c)`,
  ],
])('refuses root where it is forbidden: %s', (imageUser, container, message) => {
  expect(() => user(imageUser, { runAsNonRoot: true }, container)).toThrow(message);
});
