import type { Component, InformerFactory, KubeClient, Resource, Runtime } from '@kubarium/shared';

/** What every controller is given. */
export interface ControllerContext {
  readonly client: KubeClient;
  readonly informers: InformerFactory;
  readonly runtime: Runtime;
  /** The cluster's certificate authority in PEM, for the ConfigMap kube-root-ca.crt. */
  readonly rootCertificate: string;
  /** The network that nodes get their part of; pods get their addresses there. */
  readonly podNetwork: string;
  /** How large a node's part is, as the length of its prefix; 24 by default. */
  readonly nodeNetworkPrefix?: number | undefined;
  /** Every resource that can now be listed and deleted: built-in ones and those of CRDs. */
  resources(): readonly Resource[];
}

/** Makes a controller; nothing runs before its `start`. */
export type ControllerFactory = (context: ControllerContext) => Component;
