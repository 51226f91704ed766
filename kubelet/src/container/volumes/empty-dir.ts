import type { EmptyDirVolumeSource } from '@kubarium/shared';
import type { MakeVolume, PodVolume } from './pod-volume.ts';

/** An empty directory that lives as long as the pod: in memory (`tmpfs`) or, by name, on the node's disk. Open to all. */
export function emptyDir(source: EmptyDirVolumeSource, makeVolume: MakeVolume, fsGroup: number | undefined): PodVolume {
  // Simplified: sizeLimit is not enforced; a real kubelet evicts the pod.
  const made = makeVolume(source.medium === 'Memory' ? 'tmpfs' : 'ext4');
  const { files } = made;
  files.chmod('/', fsGroup === undefined ? 0o777 : 0o2777);
  if (fsGroup !== undefined) files.chown('/', 0, fsGroup);
  return { made, prefix: '', readOnly: false, growsSubPaths: true };
}
