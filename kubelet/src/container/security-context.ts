import type { Container, Pod } from '@kubarium/shared';
import { formatPod } from '../go-format.ts';
import type { Image } from '../images/image.ts';
import { ContainerConfigError } from './container-config-error.ts';
import type { Credentials, FileSystem } from './file-system.ts';

/**
 * Whom a container runs as: its own security context, then the pod's, then the image's user (looked up in its /etc/passwd
 * where it is a name), then root. Throws ContainerConfigError with the kubelet's text where `runAsNonRoot` forbids it.
 */
export function containerUser(pod: Pod, container: Container, image: Image, files: FileSystem): Credentials {
  const podContext = pod.spec.securityContext ?? {};
  const own = container.securityContext ?? {};
  const runAsUser = own.runAsUser ?? podContext.runAsUser;
  const [userText = '', groupText] = (image.user ?? '').split(':');
  const imageUid = /^\d+$/.test(userText) ? Number(userText) : userText === '' ? 0 : undefined;
  if (own.runAsNonRoot ?? podContext.runAsNonRoot) verifyNonRoot(pod, container, runAsUser, imageUid, userText);
  const named = imageUid === undefined ? passwdEntry(files, userText) : undefined;
  const uid = runAsUser ?? imageUid ?? named?.uid ?? 0;
  const imageGid = groupText !== undefined && /^\d+$/.test(groupText) ? Number(groupText) : named?.gid;
  const gid = own.runAsGroup ?? podContext.runAsGroup ?? (runAsUser === undefined ? (imageGid ?? 0) : 0);
  const groups = [...(podContext.supplementalGroups ?? [])];
  if (podContext.fsGroup !== undefined) groups.push(podContext.fsGroup);
  return { uid, gid, groups };
}

function verifyNonRoot(
  pod: Pod,
  container: Container,
  runAsUser: number | undefined,
  imageUid: number | undefined,
  userName: string,
): void {
  const where = `(pod: "${formatPod(pod)}", container: ${container.name})`;
  if (runAsUser === 0) throw new ContainerConfigError(`container's runAsUser breaks non-root policy ${where}`);
  if (runAsUser !== undefined) return;
  if (imageUid === undefined)
    throw new ContainerConfigError(
      `container has runAsNonRoot and image has non-numeric user (${userName}), cannot verify user is non-root ${where}`,
    );
  if (imageUid === 0) throw new ContainerConfigError(`container has runAsNonRoot and image will run as root ${where}`);
}

function passwdEntry(files: FileSystem, name: string): { readonly uid: number; readonly gid: number } | undefined {
  if (!files.exists('/etc/passwd')) return undefined;
  const line = files
    .readFile('/etc/passwd')
    .toString('utf8')
    .split('\n')
    .find((one) => one.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}
