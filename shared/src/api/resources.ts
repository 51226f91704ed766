import type { Deployment, ReplicaSet } from './apps-v1.ts';
import type { Lease } from './coordination-v1.ts';
import type {
  ConfigMap, Endpoints, Event, Namespace, Node, Pod, PodTemplate, ReplicationController, Secret, Service, ServiceAccount,
} from './core-v1.ts';
import type { EndpointSlice } from './discovery-v1.ts';
import type { Event as EventsV1Event } from './events-v1.ts';
import type { Ingress, IngressClass, IPAddress, NetworkPolicy, ServiceCIDR } from './networking-v1.ts';
import type { ApiObject } from './object.ts';

/** Names a served resource and, by its type parameter, the shape of its objects. */
export interface Resource<T extends ApiObject = ApiObject> {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Never set; ties the resource to the type of its objects. */
  readonly object?: T;
}

const resource = <T extends ApiObject>(group: string, version: string, name: string, kind: string, namespaced = true): Resource<T> =>
  ({ group, version, resource: name, kind, namespaced });

export const NAMESPACES = resource<Namespace>('', 'v1', 'namespaces', 'Namespace', false);
export const NODES = resource<Node>('', 'v1', 'nodes', 'Node', false);
export const PODS = resource<Pod>('', 'v1', 'pods', 'Pod');
export const SERVICES = resource<Service>('', 'v1', 'services', 'Service');
export const ENDPOINTS = resource<Endpoints>('', 'v1', 'endpoints', 'Endpoints');
export const CONFIG_MAPS = resource<ConfigMap>('', 'v1', 'configmaps', 'ConfigMap');
export const SECRETS = resource<Secret>('', 'v1', 'secrets', 'Secret');
export const SERVICE_ACCOUNTS = resource<ServiceAccount>('', 'v1', 'serviceaccounts', 'ServiceAccount');
export const EVENTS = resource<Event>('', 'v1', 'events', 'Event');
export const EVENTS_V1 = resource<EventsV1Event>('events.k8s.io', 'v1', 'events', 'Event');
export const ENDPOINT_SLICES = resource<EndpointSlice>('discovery.k8s.io', 'v1', 'endpointslices', 'EndpointSlice');
export const NETWORK_POLICIES = resource<NetworkPolicy>('networking.k8s.io', 'v1', 'networkpolicies', 'NetworkPolicy');
export const LEASES = resource<Lease>('coordination.k8s.io', 'v1', 'leases', 'Lease');
export const REPLICA_SETS = resource<ReplicaSet>('apps', 'v1', 'replicasets', 'ReplicaSet');
export const DEPLOYMENTS = resource<Deployment>('apps', 'v1', 'deployments', 'Deployment');
export const REPLICATION_CONTROLLERS = resource<ReplicationController>('', 'v1', 'replicationcontrollers', 'ReplicationController');
export const POD_TEMPLATES = resource<PodTemplate>('', 'v1', 'podtemplates', 'PodTemplate');
export const INGRESSES = resource<Ingress>('networking.k8s.io', 'v1', 'ingresses', 'Ingress');
export const INGRESS_CLASSES = resource<IngressClass>('networking.k8s.io', 'v1', 'ingressclasses', 'IngressClass', false);
export const SERVICE_CIDRS = resource<ServiceCIDR>('networking.k8s.io', 'v1', 'servicecidrs', 'ServiceCIDR', false);
export const IP_ADDRESSES = resource<IPAddress>('networking.k8s.io', 'v1', 'ipaddresses', 'IPAddress', false);

/** The `apiVersion` of a resource's objects: `v1`, `apps/v1`. */
export const apiVersionOf = (of: Pick<Resource, 'group' | 'version'>): string => (of.group === '' ? of.version : `${of.group}/${of.version}`);
