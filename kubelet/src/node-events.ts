import type { Node } from '@kubarium/shared';

/** The reasons of the events that a kubelet reports of its node when it has changed: it is ready, or cordoned, or no more. */
export function nodeEvents(node: Node, previous: Node): string[] {
  const isUnschedulable = node.spec.unschedulable === true;
  return [
    ...(isReady(node) && !isReady(previous) ? ['NodeReady'] : []),
    ...(isUnschedulable === (previous.spec.unschedulable === true)
      ? []
      : [isUnschedulable ? 'NodeNotSchedulable' : 'NodeSchedulable']),
  ];
}

const isReady = ({ status }: Node): boolean =>
  status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
