export { createCluster, type Cluster, type ClusterOptions } from './create-cluster.ts';
export { kubeconfig, type KubeconfigOptions } from './kubeconfig.ts';
export { createCredentials, type Credentials } from './pki/credentials.ts';
export { startCluster, type RunningCluster, type StartOptions } from './start-cluster.ts';
export { StartError } from './start-error.ts';
export { StateFolder } from './state-folder.ts';
export { TRACES, type Trace, type TraceSpec, type TraceStatus } from './trace/trace-resource.ts';
export type { TimedHop } from './trace/trace-recorder.ts';
export { KUBERNETES_VERSION, VERSION } from './version.ts';
