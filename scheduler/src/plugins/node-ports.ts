import type { NodeInfo } from '../node-info.ts';
import { unfitNow, type FilterPlugin } from '../plugin.ts';
import type { HostPortUse } from '../pod-info.ts';

const ANY = '0.0.0.0';

const clash = (a: HostPortUse, b: HostPortUse): boolean =>
  a.port === b.port && a.protocol === b.protocol && (a.address === b.address || a.address === ANY || b.address === ANY);

/** True where a pod on the node already has one of these host ports. */
const isTaken = (wanted: readonly HostPortUse[], node: NodeInfo): boolean => {
  for (const { hostPorts } of node.pods.values()) {
    if (hostPorts.some((used) => wanted.some((one) => clash(used, one)))) return true;
  }
  return false;
};

/** Keeps a pod off nodes where another pod has one of its host ports. */
export const nodePorts: FilterPlugin = {
  name: 'NodePorts',
  prepare({ hostPorts }) {
    if (hostPorts.length === 0) return undefined;
    return (node) =>
      isTaken(hostPorts, node) ? unfitNow("node(s) didn't have free ports for the requested pod ports") : undefined;
  },
};
