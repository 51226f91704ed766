import { isIP } from 'node:net';
import { distinct } from './distinct.ts';
import type { NameRequest } from './parse-request.ts';
import { TYPE, type ResourceRecord } from './record.ts';
import { addressRecord } from './records/address.ts';
import { startOfAuthority } from './records/soa.ts';
import { serviceLocations } from './records/srv.ts';
import type { EndpointFacts, PortFacts, ServiceFacts, ServiceIndex } from './service-index.ts';

/** The version of the Kubernetes DNS specification that the records follow. */
const SCHEMA_VERSION = '1.1.0';

export interface FindOptions {
  readonly index: ServiceIndex;
  /** The cluster's domain, without the final dot. */
  readonly zone: string;
  readonly ttlSeconds: number;
  /** The zone's serial number: seconds since 1970. */
  readonly serial: number;
  /** The Service through which the DNS itself is reached, where there is one: the zone's name server. */
  readonly server?: ServiceFacts | undefined;
}

/** What a name stands for: records of all types (SRV records only where they are asked for), or why there are none. */
export interface Finding {
  /** False is NXDOMAIN. True without a fitting record is NODATA. */
  readonly exists: boolean;
  readonly records: readonly ResourceRecord[];
  /** The addresses of what SRV and NS records name. */
  readonly additional?: readonly ResourceRecord[];
  readonly reason: string;
}

/** Looks a name of the cluster up. */
export function findName(
  name: string,
  type: number,
  request: Exclude<NameRequest, { kind: 'outside' }>,
  options: FindOptions,
): Finding {
  const { index, zone, ttlSeconds: ttl, server } = options;
  switch (request.kind) {
    case 'invalid':
      return missing(`${name} is no name of the Kubernetes DNS schema`);
    case 'inner':
      return { exists: true, records: [], reason: `${name} only holds other names` };
    case 'zone': {
      const own = startOfAuthority(name, options);
      if (request.zone !== zone)
        return { exists: true, records: [own], reason: `${request.zone} holds the names of addresses` };
      const reason = `${zone} is the cluster domain`;
      if (server === undefined) return { exists: true, records: [own], reason };
      const target = nameOf(server, zone);
      return {
        exists: true,
        records: [own, { name, ttl, type: 'NS', target }],
        additional: server.clusterIPs.map((address) => addressRecord(target, ttl, address)),
        reason,
      };
    }
    case 'version':
      return {
        exists: true,
        records: [{ name, ttl, type: 'TXT', text: SCHEMA_VERSION }],
        reason: 'the version of the DNS schema',
      };
    case 'name-server':
      return {
        exists: true,
        records: (server?.clusterIPs ?? []).map((address) => addressRecord(name, ttl, address)),
        reason: 'the name server of the cluster domain',
      };
    case 'namespace':
      return index.hasNamespace(request.namespace)
        ? { exists: true, records: [], reason: `namespace ${request.namespace} only holds other names` }
        : missing(`there is no namespace ${request.namespace}`);
    case 'pod': {
      const { namespace, address } = request;
      if (!index.hasNamespace(namespace)) return missing(`there is no namespace ${namespace}`);
      if (address === undefined) return missing(`${name} does not begin with an address such as 10-244-1-2`);
      // CoreDNS in its mode "pods insecure", as kubeadm sets it up: no pod needs to have the address.
      return { exists: true, records: [addressRecord(name, ttl, address)], reason: `the address ${address} itself` };
    }
    case 'reverse':
      return request.address === undefined
        ? missing(`${name} is no address`)
        : pointers(name, request.address, options);
    case 'service':
      return ofService(name, type, request, options);
  }
}

type ServiceRequest = Extract<NameRequest, { kind: 'service' }>;

function ofService(name: string, type: number, request: ServiceRequest, options: FindOptions): Finding {
  const { index, ttlSeconds: ttl } = options;
  const { namespace, endpoint, port } = request;
  const service = index.service(namespace, request.service);
  if (service === undefined) {
    return missing(
      index.hasNamespace(namespace)
        ? `there is no Service ${request.service} in namespace ${namespace}`
        : `there is no namespace ${namespace}`,
    );
  }
  if (service.externalName !== undefined) {
    if (endpoint !== undefined || port !== undefined)
      return missing(`${told(service)} is of type ExternalName; it has no endpoints`);
    const target = service.externalName.replace(/\.$/, '');
    if (isIP(target) !== 0) return missing(`the external name of ${told(service)} is an address, ${target}`);
    return {
      exists: true,
      records: [{ name, ttl, type: 'CNAME', target }],
      reason: `${told(service)} is the external name ${target}`,
    };
  }
  return service.clusterIPs.length > 0 && endpoint === undefined
    ? ofClusterIP(name, type, service, request, options)
    : ofEndpoints(name, type, service, request, options);
}

function ofClusterIP(
  name: string,
  type: number,
  service: ServiceFacts,
  { port }: ServiceRequest,
  { zone, ttlSeconds: ttl }: FindOptions,
): Finding {
  const ports = service.ports.filter((one) => fits(one, port));
  if (ports.length === 0) return missing(`${told(service)} has no such port`);
  const { clusterIPs } = service;
  const target = nameOf(service, zone);
  // One for each address, as they share the weight.
  const targets = ports.flatMap((one) => clusterIPs.map(() => ({ target, port: one.port })));
  return {
    exists: true,
    records: [
      ...clusterIPs.map((address) => addressRecord(name, ttl, address)),
      ...(type === TYPE.SRV ? serviceLocations(name, targets, ttl) : []),
    ],
    additional: clusterIPs.map((address) => addressRecord(target, ttl, address)),
    reason: `${told(service)} has the cluster IP ${clusterIPs.join(', ')}`,
  };
}

function ofEndpoints(
  name: string,
  type: number,
  service: ServiceFacts,
  { endpoint, port }: ServiceRequest,
  { index, zone, ttlSeconds: ttl }: FindOptions,
): Finding {
  const endpoints = index
    .endpoints(service.namespace, service.name)
    .filter((one) => endpoint === undefined || one.label.toLowerCase() === endpoint);
  if (endpoints.length === 0) {
    return missing(
      endpoint === undefined
        ? `${told(service)} is headless and has no ready endpoint`
        : `${told(service)} has no ready endpoint ${endpoint}`,
    );
  }
  const usable = port === undefined ? endpoints : endpoints.filter((one) => one.ports.some((at) => fits(at, port)));
  if (usable.length === 0) return missing(`${told(service)} has no port ${port!.name} of protocol ${port!.protocol}`);
  const targetOf = (one: EndpointFacts): string => `${one.label}.${nameOf(service, zone)}`;
  const targets = usable.flatMap((one) =>
    one.ports.filter((at) => fits(at, port)).map((at) => ({ target: targetOf(one), port: at.port })),
  );
  return {
    exists: true,
    records: [
      ...[...new Set(usable.map((one) => one.address))].map((address) => addressRecord(name, ttl, address)),
      ...(type === TYPE.SRV ? serviceLocations(name, targets, ttl) : []),
    ],
    additional: type === TYPE.SRV ? distinct(usable.map((one) => addressRecord(targetOf(one), ttl, one.address))) : [],
    reason: `${told(service)} ${endpoint === undefined ? 'is headless: its ready endpoints' : `has the endpoint ${endpoint}`}`,
  };
}

/** The names of an address: the Service whose cluster IP it is, or each endpoint that has it. */
function pointers(name: string, address: string, { index, zone, ttlSeconds: ttl }: FindOptions): Finding {
  const service = index.serviceAt(address);
  const pointer = (target: string): ResourceRecord => ({ name, ttl, type: 'PTR', target });
  if (service !== undefined) {
    return {
      exists: true,
      records: [pointer(nameOf(service, zone))],
      reason: `${address} is the cluster IP of ${told(service)}`,
    };
  }
  const endpoints = index.endpointsAt(address);
  if (endpoints.length === 0) return missing(`no Service and no endpoint has the address ${address}`);
  return {
    exists: true,
    records: distinct(endpoints.map((one) => pointer(`${one.label}.${one.service}.${one.namespace}.svc.${zone}`))),
    reason: `${address} is an endpoint of ${endpoints.map((one) => `${one.namespace}/${one.service}`).join(', ')}`,
  };
}

const fits = ({ name, protocol }: PortFacts, wanted: ServiceRequest['port']): boolean =>
  wanted === undefined || (name.toLowerCase() === wanted.name && protocol.toLowerCase() === wanted.protocol);

const nameOf = ({ namespace, name }: ServiceFacts, zone: string): string => `${name}.${namespace}.svc.${zone}`;

const told = ({ namespace, name }: ServiceFacts): string => `Service ${namespace}/${name}`;

const missing = (reason: string): Finding => ({ exists: false, records: [], reason });
