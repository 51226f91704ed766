import { ENDPOINTS, type Runtime } from '@kubarium/shared';
import { bindingHandler, podBindingHandler } from './binding/handler.ts';
import { configMapStrategy } from './config-map/strategy.ts';
import { deploymentStrategy } from './deployment/strategy.ts';
import { endpointSliceStrategy } from './endpoint-slice/strategy.ts';
import { endpointsStrategy } from './endpoints/strategy.ts';
import { eventConversion } from './event/conversion.ts';
import { eventStrategy, eventV1Strategy } from './event/strategy.ts';
import type { DiscoveryFact } from './facts.ts';
import { columnFacts, discoveryFacts, fieldSelectorFacts } from './facts.ts';
import { leaseStrategy } from './lease/strategy.ts';
import { finalizeHandler } from './namespace/finalize.ts';
import { namespaceStrategy } from './namespace/strategy.ts';
import { nodeStrategy } from './node/strategy.ts';
import { ephemeralContainersHandler } from './pod/ephemeral-containers.ts';
import { evictionHandler } from './pod/eviction.ts';
import { resizeHandler } from './pod/resize.ts';
import { podStrategy } from './pod/strategy.ts';
import { replicaSetStrategy } from './replica-set/strategy.ts';
import { ingressClassStrategy } from './ingress-class/strategy.ts';
import { ingressStrategy } from './ingress/strategy.ts';
import { ipAddressStrategy } from './ip-address/strategy.ts';
import { networkPolicyStrategy } from './network-policy/strategy.ts';
import { podTemplateStrategy } from './pod-template/strategy.ts';
import { replicationControllerStrategy } from './replication-controller/strategy.ts';
import { serviceCidrStrategy } from './service-cidr/strategy.ts';
import type { ResourceDefinition } from './resource-definition.ts';
import { mapSelectorScaleHandler, scaleHandler } from './scale-handler.ts';
import { secretStrategy } from './secret/strategy.ts';
import { serviceAccountStrategy } from './service-account/strategy.ts';
import type { TokenIssuer } from './service-account/token-issuer.ts';
import { tokenHandler } from './service-account/token.ts';
import { ServiceAllocator, type ServiceAllocatorOptions } from './service/allocation.ts';
import { serviceStrategy } from './service/strategy.ts';

export interface ResourceTableOptions {
  readonly runtime: Runtime;
  /** Makes the tokens of `serviceaccounts/token`. */
  readonly tokenIssuer: TokenIssuer;
  /** Where cluster IPs and node ports come from; by default 10.96.0.0/12 and 30000-32767. */
  readonly services?: ServiceAllocatorOptions | undefined;
}

/** What a row adds to the recorded facts of its resource; the key is `resource` or `resource.group`. */
type Row = Pick<
  ResourceDefinition,
  'strategy' | 'handlers' | 'virtual' | 'companion' | 'conversion' | 'deprecation' | 'errorKind'
>;

/** The resources served, by name. A new kind is one folder and one line here. */
const rows = (tokenIssuer: TokenIssuer, allocator: ServiceAllocator): Readonly<Record<string, Row>> => ({
  bindings: { strategy: {}, virtual: bindingHandler },
  configmaps: { strategy: configMapStrategy },
  endpoints: {
    strategy: endpointsStrategy,
    deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  },
  events: { strategy: eventStrategy },
  namespaces: { strategy: namespaceStrategy, handlers: { finalize: finalizeHandler } },
  nodes: { strategy: nodeStrategy },
  pods: {
    strategy: podStrategy,
    handlers: {
      binding: podBindingHandler,
      ephemeralcontainers: ephemeralContainersHandler,
      eviction: evictionHandler,
      resize: resizeHandler,
    },
  },
  podtemplates: { strategy: podTemplateStrategy },
  replicationcontrollers: { strategy: replicationControllerStrategy, handlers: { scale: mapSelectorScaleHandler } },
  secrets: { strategy: secretStrategy },
  serviceaccounts: { strategy: serviceAccountStrategy, handlers: { token: tokenHandler(tokenIssuer) } },
  services: { strategy: serviceStrategy(allocator), companion: ENDPOINTS },
  'deployments.apps': { strategy: deploymentStrategy, handlers: { scale: scaleHandler } },
  'replicasets.apps': { strategy: replicaSetStrategy, handlers: { scale: scaleHandler } },
  'leases.coordination.k8s.io': { strategy: leaseStrategy },
  'endpointslices.discovery.k8s.io': { strategy: endpointSliceStrategy },
  'ingressclasses.networking.k8s.io': { strategy: ingressClassStrategy },
  'ingresses.networking.k8s.io': { strategy: ingressStrategy },
  'ipaddresses.networking.k8s.io': { strategy: ipAddressStrategy },
  'networkpolicies.networking.k8s.io': { strategy: networkPolicyStrategy },
  'servicecidrs.networking.k8s.io': { strategy: serviceCidrStrategy(allocator) },
  'events.events.k8s.io': {
    strategy: eventV1Strategy,
    conversion: eventConversion,
    errorKind: { group: '', kind: 'Event' },
  },
});

/**
 * Every resource served, in discovery order: the recorded facts joined with the meaning of each kind. Call it once for each
 * API server: the allocator of Services lives in its strategies.
 */
export function resourceTable(options: ResourceTableOptions): readonly ResourceDefinition[] {
  const { runtime, tokenIssuer, services } = options;
  const byName = rows(tokenIssuer, new ServiceAllocator(runtime, services));
  return discoveryFacts().flatMap((fact) => {
    const row = byName[rowName(fact)];
    return row === undefined ? [] : [definition(fact, row)];
  });
}

/** Subresources that the registry store or the endpoints serve without a handler; others without one are not served. */
const isServedElsewhere = (resource: string, subresource: string): boolean =>
  subresource === 'status' ||
  (resource === 'pods' && ['log', 'exec', 'attach', 'portforward', 'proxy'].includes(subresource)) ||
  (resource === 'services' && subresource === 'proxy');

const rowName = ({ resource, group }: DiscoveryFact): string => (group === '' ? resource : `${resource}.${group}`);

const definition = (fact: DiscoveryFact, row: Row): ResourceDefinition => ({
  group: fact.group,
  version: fact.version,
  resource: fact.resource,
  kind: fact.kind,
  namespaced: fact.namespaced,
  singular: fact.singular,
  listKind: `${fact.kind}List`,
  shortNames: fact.shortNames ?? [],
  categories: fact.categories ?? [],
  verbs: fact.verbs,
  subresources: Object.fromEntries(
    Object.entries(fact.subresources ?? {}).filter(
      ([name]) => isServedElsewhere(fact.resource, name) || row.handlers?.[name],
    ),
  ),
  schema: schemaName(fact),
  storagePrefix: fact.resource,
  columns: columnFacts(fact),
  fieldSelectors: fieldSelectorFacts(fact),
  ...row,
});

/** `io.k8s.api.GROUP.VERSION.KIND`, the group by its first label. */
const schemaName = ({ group, version, kind }: DiscoveryFact): string =>
  `io.k8s.api.${group === '' ? 'core' : group.split('.')[0]}.${version}.${kind}`;
