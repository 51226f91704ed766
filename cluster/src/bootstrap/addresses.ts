/** Where things are in every cluster, as kubeadm places them. */
export const SERVICE_CIDR = '10.96.0.0/12';
export const POD_CIDR = '10.244.0.0/16';
export const KUBERNETES_SERVICE_IP = '10.96.0.1';
export const DNS_SERVICE_IP = '10.96.0.10';
export const CLUSTER_DOMAIN = 'cluster.local';

/** How many pods a node takes unless told otherwise: the kubelet's own default. */
export const PODS_PER_NODE = 110;

/**
 * The prefix of the networks that nodes get of the pod network: each has at least twice as many addresses as pods, so that those of
 * pods that have gone are not given out again at once. 24 for 110 pods, as kubeadm has it.
 */
export const nodeNetworkPrefix = (podsPerNode: number): number => 32 - Math.ceil(Math.log2(2 * podsPerNode));

/** How many nodes the pod network has room for. */
export const mostNodes = (podsPerNode: number): number =>
  2 ** (nodeNetworkPrefix(podsPerNode) - Number(POD_CIDR.split('/')[1]));

/** The control plane's own place on the node network; its API server answers pods at port 6443 there. */
export const CONTROL_PLANE_ADDRESS = '172.18.0.2';
export const CONTROL_PLANE_PORT = 6443;

/** The address of the n-th node (from 1): 172.18.0.3 and on. */
export function nodeAddress(index: number): string {
  const offset = index + 2;
  return `172.18.${offset >> 8}.${offset & 255}`;
}

export const nodeName = (index: number): string => `node-${index}`;
