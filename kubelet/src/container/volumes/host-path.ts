import type { HostPathVolumeSource } from '@kubarium/shared';
import { VolumeError } from './payload.ts';
import type { NewVolume, PodVolume } from './pod-volume.ts';

/**
 * A place in the node's own tree, which all pods of the node share. The tree is simulated and nearly empty at first: nothing of the
 * machine that Kubarium runs on is ever seen. Throws VolumeError where the path is not of the wanted type.
 */
export function hostPath(source: HostPathVolumeSource, host: NewVolume): PodVolume {
  const { files } = host;
  const path = source.path.replace(/\/+$/, '') || '/';
  const type = files.exists(path) ? files.stat(path).type : undefined;
  switch (source.type ?? '') {
    case 'Directory':
      if (type !== 'directory') throw new VolumeError(`hostPath type check failed: ${path} is not a directory`);
      break;
    case 'File':
      if (type !== 'file') throw new VolumeError(`hostPath type check failed: ${path} is not a file`);
      break;
    case 'FileOrCreate':
      if (type === 'directory') throw new VolumeError(`hostPath type check failed: ${path} is not a file`);
      if (type === undefined) {
        files.makeDirectory(path.slice(0, path.lastIndexOf('/')) || '/', { recursive: true });
        files.writeFile(path, '', { mode: 0o644 });
      }
      break;
    case '':
    case 'DirectoryOrCreate':
      if (type === 'file' && source.type === 'DirectoryOrCreate')
        throw new VolumeError(`hostPath type check failed: ${path} is not a directory`);
      if (type === undefined) files.makeDirectory(path, { recursive: true, mode: 0o755 });
      break;
    default:
      throw new VolumeError(`hostPath type check failed: ${path} is not a ${deviceName(source.type)}`);
  }
  return { made: host, prefix: path.slice(1), readOnly: false, growsSubPaths: true };
}

/** Nodes of the simulator have no sockets or devices in their tree. */
const deviceName = (type: string | undefined): string =>
  type === 'Socket' ? 'socket file' : type === 'CharDevice' ? 'character device' : 'block device';
