import type { PolicyVerdict } from '@kubarium/network';
import type { Endpoint, EndpointChoice } from '@kubarium/proxy';
import type { Deployment, EndpointSlice, Node, OpenPort, Pod, Protocol, ReplicaSet, Service } from '@kubarium/shared';
import type { Finding } from './finding.ts';

export type ServicePort = NonNullable<Service['spec']['ports']>[number];

/** All that the causes look at: what the API server, the proxy's rules, the DNS and the pod network know about one question. */
export interface Facts {
  readonly asked: Asked;
  /** Who asks; undefined: any pod of the cluster. */
  readonly client: Client | undefined;
  readonly clusterDomain: string;
  readonly namespaceExists: boolean;
  readonly service: Service | undefined;
  /** Where there is no such Service: the others that might be meant. */
  readonly otherServices: readonly Service[];
  /** The Service that lately had the asked name or address, and was deleted. */
  readonly deleted: DeletedService | undefined;
  /** The port of the Service that is asked; undefined where it has no such port. */
  readonly port: ServicePort | undefined;
  readonly slices: readonly EndpointSlice[];
  /** The slices of the namespace that belong to no Service. */
  readonly strandedSlices: readonly EndpointSlice[];
  /** The endpoints of the port, and those among which the client's proxy picks. Headless: those that the DNS names. */
  readonly endpoints: readonly Endpoint[];
  readonly choice: EndpointChoice;
  /** Nodes whose pods find no endpoint where others do. Asked for where no client is named. */
  readonly nodesLeftOut: readonly string[];
  /** The pods that the Service selects. */
  readonly pods: readonly PodFacts[];
  /** Where it selects none: the pods of its namespace, and those elsewhere that it would select. */
  readonly otherPods: readonly Pod[];
  readonly podsElsewhere: readonly Pod[];
  /** The Deployments and ReplicaSets whose pods it would select. */
  readonly workloads: readonly (Deployment | ReplicaSet)[];
  /** What listens at the address of an endpoint; undefined where nobody has it. */
  readonly openPorts: (address: string) => readonly OpenPort[] | undefined;
  /** Where a pod asks: the candidates that network policies keep it from, and how. */
  readonly denials: readonly Denial[];
  /** Likewise for the cluster's DNS. */
  readonly dnsDenials: readonly Denial[];
  /** Why the cluster's DNS does not answer, where it does not. */
  readonly dnsFinding: Finding | undefined;
  /** ExternalName: why the Service of the cluster that it leads to does not answer; undefined where it does. */
  readonly aliasFinding: Finding | undefined;
}

export interface Asked {
  /** As it was written. */
  readonly text: string;
  readonly namespace: string;
  readonly name: string;
  /** Set where an address was asked instead of a name. */
  readonly address: string | undefined;
  readonly port: number | string | undefined;
  readonly protocol: Protocol | undefined;
}

export type Client =
  | { readonly kind: 'pod'; readonly pod: Pod; readonly node: Node | undefined }
  | { readonly kind: 'outside' };

/** What network policies say against a request to an endpoint. */
export interface Denial {
  readonly endpoint: Endpoint;
  readonly verdict: PolicyVerdict;
}

export interface PodFacts {
  readonly pod: Pod;
  readonly node: Node | undefined;
  /** The messages of its Warning events, newest first. Read for pods that are not ready. */
  readonly warnings: readonly Warning[];
}

export interface Warning {
  readonly reason: string;
  readonly message: string;
}

export interface DeletedService {
  readonly namespace: string;
  readonly name: string;
  readonly address: string | undefined;
  readonly deletedMs: number;
}

/** The reason of a choice in which session affinity has left one endpoint to the client. */
export const SESSION_AFFINITY = 'session affinity keeps the client there';

/** `default/backend`, or the address that is no Service's: how findings name what was asked. */
export const serviceText = ({ asked, service }: Facts): string =>
  service === undefined
    ? (asked.address ?? `${asked.namespace}/${asked.name}`)
    : `${service.metadata.namespace}/${service.metadata.name}`;

/** `80/TCP`, with the name of the port where it has one. */
export const portText = ({ port, protocol = 'TCP', name }: ServicePort): string =>
  name === undefined || name === '' ? `${port}/${protocol}` : `${port}/${protocol} (${name})`;

export const isHeadless = ({ service }: Facts): boolean => service?.spec.clusterIP === 'None';

export const hasSelector = ({ service }: Facts): boolean => Object.keys(service?.spec.selector ?? {}).length > 0;

export const labelsText = (labels: Readonly<Record<string, string>> | undefined): string =>
  Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
