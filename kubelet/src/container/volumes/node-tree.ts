import type { MakeVolume, NewVolume } from './pod-volume.ts';

/** The files that a node begins with: little more than its names. Pods see them through hostPath volumes. */
export function nodeTree(makeVolume: MakeVolume, nodeName: string, nodeAddress: string): NewVolume {
  const tree = makeVolume('ext4');
  const { files } = tree;
  files.makeDirectory('/etc');
  files.writeFile('/etc/hostname', `${nodeName}\n`);
  files.writeFile('/etc/hosts', `127.0.0.1\tlocalhost\n::1\tlocalhost\n${nodeAddress}\t${nodeName}\n`);
  return tree;
}
