import {
  canonicalIpv6,
  ENDPOINT_SLICES,
  NAMESPACES,
  SERVICES,
  type EndpointSlice,
  type Informer,
  type InformerFactory,
  type Namespace,
  type Service,
} from '@kubarium/shared';
import type { EndpointFacts, PortFacts, ServiceFacts, ServiceIndex } from './service-index.ts';

const BY_CLUSTER_IP = 'dns/clusterIP';
const BY_SERVICE = 'dns/service';
const BY_ADDRESS = 'dns/address';

const canonical = (address: string): string => canonicalIpv6(address) ?? address;

const clusterIPs = ({ spec }: Service): readonly string[] =>
  spec.type === 'ExternalName'
    ? []
    : (spec.clusterIPs ?? [spec.clusterIP ?? '']).filter((one) => one !== '' && one !== 'None').map(canonical);

const serviceKey = (slice: EndpointSlice): readonly string[] => {
  const name = slice.metadata.labels?.['kubernetes.io/service-name'];
  return name === undefined ? [] : [`${slice.metadata.namespace}/${name}`];
};

const endpointAddresses = (slice: EndpointSlice): readonly string[] =>
  (slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses.map(canonical));

/** The index over the caches of informers: their indexes follow each change, and nothing is kept twice. */
export class InformedIndex implements ServiceIndex {
  readonly #services: Informer<Service>;
  readonly #slices: Informer<EndpointSlice>;
  readonly #namespaces: Informer<Namespace>;

  constructor(informers: InformerFactory) {
    this.#services = informers.informer(SERVICES, { indexers: { [BY_CLUSTER_IP]: clusterIPs } });
    this.#slices = informers.informer(ENDPOINT_SLICES, {
      indexers: { [BY_SERVICE]: serviceKey, [BY_ADDRESS]: endpointAddresses },
    });
    this.#namespaces = informers.informer(NAMESPACES);
  }

  /** False until the caches are filled: before, a missing name is no news. */
  get synced(): boolean {
    return this.#services.synced && this.#slices.synced && this.#namespaces.synced;
  }

  hasNamespace(name: string): boolean {
    return this.#namespaces.store.get(name) !== undefined;
  }

  service(namespace: string, name: string): ServiceFacts | undefined {
    const service = this.#services.store.get(`${namespace}/${name}`);
    return service === undefined ? undefined : serviceFacts(service);
  }

  endpoints(namespace: string, service: string): readonly EndpointFacts[] {
    const slices = this.#slices.store.byIndex(BY_SERVICE, `${namespace}/${service}`);
    return slices.flatMap((slice) => endpointFacts(slice, service));
  }

  serviceAt(clusterIP: string): ServiceFacts | undefined {
    const service = this.#services.store.byIndex(BY_CLUSTER_IP, clusterIP)[0];
    return service === undefined ? undefined : serviceFacts(service);
  }

  endpointsAt(address: string): readonly EndpointFacts[] {
    return this.#slices.store.byIndex(BY_ADDRESS, address).flatMap((slice) => {
      const service = slice.metadata.labels?.['kubernetes.io/service-name'];
      return service === undefined
        ? []
        : endpointFacts(slice, service).filter((endpoint) => endpoint.address === address);
    });
  }
}

function serviceFacts(service: Service): ServiceFacts {
  const { metadata, spec } = service;
  return {
    namespace: metadata.namespace!,
    name: metadata.name!,
    clusterIPs: clusterIPs(service),
    externalName: spec.type === 'ExternalName' ? spec.externalName : undefined,
    ports: (spec.ports ?? []).map(({ name = '', protocol = 'TCP', port }) => ({ name, protocol, port })),
  };
}

/** The addresses of a slice's ready endpoints; a condition that is not told counts as true. */
function endpointFacts(slice: EndpointSlice, service: string): EndpointFacts[] {
  if (slice.addressType === 'FQDN') return [];
  const ports: PortFacts[] = (slice.ports ?? []).map(({ name = '', protocol = 'TCP', port }) => ({
    name,
    protocol,
    port,
  }));
  const namespace = slice.metadata.namespace!;
  return (slice.endpoints ?? []).flatMap(({ addresses, hostname, conditions }) =>
    conditions?.ready === false
      ? []
      : addresses.map(canonical).map((address) => ({
          namespace,
          service,
          address,
          label: hostname ?? addressLabel(address),
          ports,
        })),
  );
}

/** An address as a label: `10-244-1-2`, `fd00--1`; a label does not end with a dash, so `fd00::` is `fd00--0`. */
function addressLabel(address: string): string {
  const label = address.replaceAll(/[.:]/g, '-');
  return label.endsWith('-') ? `${label}0` : label;
}
