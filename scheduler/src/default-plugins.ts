import type { Plugins } from './schedule-pod.ts';
import { interPodAffinity, preferredPods } from './plugins/inter-pod-affinity.ts';
import { nodeAffinity, preferredNodes } from './plugins/node-affinity.ts';
import { nodePorts } from './plugins/node-ports.ts';
import { nodeUnschedulable } from './plugins/node-unschedulable.ts';
import { podTopologySpread, preferredSpread } from './plugins/pod-topology-spread.ts';
import { balancedAllocation, leastAllocated, resourcesFit } from './plugins/resources-fit.ts';
import { preferredTaints, taintToleration } from './plugins/taint-toleration.ts';

/** The plugins of the default scheduler, filters in the order in which it asks them. */
export const defaultPlugins: Plugins = {
  filters: [
    nodeUnschedulable,
    taintToleration,
    nodeAffinity,
    nodePorts,
    resourcesFit,
    podTopologySpread,
    interPodAffinity,
  ],
  scores: [preferredTaints, preferredNodes, preferredSpread, preferredPods, leastAllocated, balancedAllocation],
};
