import type { Indexers, Informer, Pod } from '@kubarium/shared';

const NODE_INDEX = 'node';

/** Pods by the node that they are bound to. */
export const POD_NODE_INDEXERS: Indexers<Pod> = {
  [NODE_INDEX]: ({ spec }) => (spec.nodeName === undefined || spec.nodeName === '' ? [] : [spec.nodeName]),
};

export const podsOnNode = (pods: Informer<Pod>, nodeName: string): readonly Pod[] =>
  pods.store.byIndex(NODE_INDEX, nodeName);
