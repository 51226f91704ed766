import type { MakeVolume, NewVolume } from './pod-volume.ts';

/** The files that a node begins with: little more than its names. Pods see them through hostPath volumes. */
export function nodeTree(makeVolume: MakeVolume, nodeName: string, nodeAddress: string): NewVolume {
  const tree = makeVolume('ext4');
  tree.files.makeDirectory('/etc');
  tree.files.writeFile('/etc/hostname', `${nodeName}\n`);
  tree.files.writeFile('/etc/hosts', `127.0.0.1\tlocalhost\n::1\tlocalhost\n${nodeAddress}\t${nodeName}\n`);
  return tree;
}
