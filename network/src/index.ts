export { PodNetwork, type PodNetworkOptions } from './pod-network.ts';
