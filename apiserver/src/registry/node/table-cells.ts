import type { Node } from '@kubarium/shared';
import { age } from '../printing/age.ts';

const ROLE_PREFIX = 'node-role.kubernetes.io/';

/** The columns of `kubectl get nodes -o wide`. */
export function nodeTableCells(node: Node, nowMs: number): unknown[] {
  const { metadata, status } = node;
  const info = status.nodeInfo;
  return [
    metadata.name,
    nodeStatus(node),
    nodeRoles(node).join(',') || '<none>',
    age(metadata.creationTimestamp, nowMs),
    info?.kubeletVersion ?? '',
    address(node, 'InternalIP'),
    address(node, 'ExternalIP'),
    info?.osImage || '<unknown>',
    info?.kernelVersion || '<unknown>',
    info?.containerRuntimeVersion || '<unknown>',
  ];
}

function nodeStatus({ spec, status }: Node): string {
  const ready = status.conditions?.findLast((condition) => condition.type === 'Ready');
  const words = [ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'];
  if (spec.unschedulable) words.push('SchedulingDisabled');
  return words.join(',');
}

/** The roles that a node's labels claim for it, in order of name. */
function nodeRoles({ metadata }: Node): string[] {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(metadata.labels ?? {})) {
    if (key.startsWith(ROLE_PREFIX) && key !== ROLE_PREFIX) roles.add(key.slice(ROLE_PREFIX.length));
    else if (key === 'kubernetes.io/role' && value !== '') roles.add(value);
  }
  return [...roles].toSorted();
}

const address = ({ status }: Node, type: string): string =>
  status.addresses?.find((candidate) => candidate.type === type)?.address ?? '<none>';
