import { parseRequest, type NameRequest } from './parse-request.ts';
import { CLASS_IN, TYPE, typeName, type Answer, type ResourceRecord } from './record.ts';
import type { CnameRecord } from './records/cname.ts';
import { distinct } from './distinct.ts';
import { startOfAuthority } from './records/soa.ts';
import { serviceLocations } from './records/srv.ts';
import type { EndpointFacts, PortFacts, ServiceFacts, ServiceIndex } from './service-index.ts';

/** The version of the Kubernetes DNS specification that the records follow. */
const SCHEMA_VERSION = '1.1.0';
/** How many in-cluster ExternalName Services are followed to an address. */
const MAX_CHAIN = 8;

export interface AnswerOptions {
  readonly index: ServiceIndex;
  /** The cluster's domain, without the final dot. */
  readonly zone: string;
  readonly ttlSeconds: number;
  /** The zone's serial number: seconds since 1970. */
  readonly serial: number;
  /** The cluster IP that the DNS itself is reached at, where known: the address of the zone's name server. */
  readonly serverAddress?: string | undefined;
}

export interface Question {
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

/** What a name stands for: records of all types, or why there are none. */
interface Finding {
  /** False is NXDOMAIN. True without a fitting record is NODATA. */
  readonly exists: boolean;
  readonly records: readonly ResourceRecord[];
  readonly additional?: readonly ResourceRecord[];
  readonly reason: string;
}

/**
 * Answers a question out of the index, and only from it.
 *
 * 1. Not of class IN, a zone transfer, or a name outside the cluster's domain and the reverse tree: REFUSED.
 * 2. A name that does not exist: NXDOMAIN. A name that does, but not with this type: NODATA (NOERROR, no answer). Both carry the
 *    zone's SOA as authority.
 * 3. An ExternalName Service is a CNAME whatever the type; where it points into the cluster, it is followed.
 * 4. SRV answers bring the addresses of their targets as additional records.
 */
export function answerQuestion(question: Question, options: AnswerOptions): Answer {
  const { name, type } = question;
  if (question.class !== CLASS_IN) return refused(`class ${question.class} is not served`);
  if (type === TYPE.AXFR || type === TYPE.IXFR) return refused('zone transfers are not served');
  const request = parseRequest(name, options.zone);
  if (request.kind === 'outside') return refused(`${name || 'the root'} is outside the cluster domain ${options.zone}`);
  const found = lookUp(name, type, request, options);
  const zone = request.kind === 'reverse' ? request.zone : options.zone;
  const matching = found.records.filter((record) => TYPE[record.type] === type);
  const alias = found.records.find(isAlias);
  const chain = matching.length === 0 && alias !== undefined ? follow(alias, type, options) : matching;
  if (chain.length === 0) {
    const reason = found.exists ? `${found.reason}; it has no ${typeName(type)} record` : found.reason;
    return {
      rcode: found.exists ? 'NOERROR' : 'NXDOMAIN',
      authoritative: true,
      answers: [],
      authority: [startOfAuthority(zone, options)],
      additional: [],
      reason,
    };
  }
  const additional = (found.additional ?? []).filter(() => type === TYPE.SRV || type === TYPE.NS);
  return { rcode: 'NOERROR', authoritative: true, answers: chain, authority: [], additional, reason: found.reason };
}

function lookUp(
  name: string,
  type: number,
  request: Exclude<NameRequest, { kind: 'outside' }>,
  options: AnswerOptions,
): Finding {
  const { index, zone, ttlSeconds: ttl, serverAddress } = options;
  switch (request.kind) {
    case 'invalid':
      return missing(`${name} is no name of the Kubernetes DNS schema`);
    case 'inner':
      return { exists: true, records: [], reason: `${name} only holds other names` };
    case 'zone': {
      const server = `ns.dns.${zone}`;
      return {
        exists: true,
        records: [startOfAuthority(zone, options, name), { name, ttl, type: 'NS', target: server }],
        additional: serverAddress === undefined ? [] : [{ name: server, ttl, type: 'A', address: serverAddress }],
        reason: `${zone} is the cluster domain`,
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
        records: serverAddress === undefined ? [] : [{ name, ttl, type: 'A', address: serverAddress }],
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
      return { exists: true, records: [{ name, ttl, type: 'A', address }], reason: `the address ${address} itself` };
    }
    case 'reverse':
      return request.address === undefined
        ? missing(`${name} is no IPv4 address`)
        : reverse(name, request.address, options);
    case 'service':
      return ofService(name, type, request, options);
  }
}

function ofService(
  name: string,
  type: number,
  request: Extract<NameRequest, { kind: 'service' }>,
  options: AnswerOptions,
): Finding {
  const { index, ttlSeconds: ttl, zone } = options;
  const { namespace, endpoint, port } = request;
  const service = index.service(namespace, request.service);
  if (service === undefined) {
    return missing(
      index.hasNamespace(namespace)
        ? `there is no Service ${request.service} in namespace ${namespace}`
        : `there is no namespace ${namespace}`,
    );
  }
  const told = `Service ${namespace}/${service.name}`;
  if (service.externalName !== undefined) {
    if (endpoint !== undefined || port !== undefined)
      return missing(`${told} is of type ExternalName; it has no endpoints`);
    const target = service.externalName.replace(/\.$/, '');
    return {
      exists: true,
      records: [{ name, ttl, type: 'CNAME', target }],
      reason: `${told} is the external name ${target}`,
    };
  }
  const fits = (one: PortFacts): boolean =>
    port === undefined || (one.name.toLowerCase() === port.name && one.protocol.toLowerCase() === port.protocol);
  if (service.clusterIPs.length > 0 && endpoint === undefined)
    return ofClusterIP(name, type, told, service, fits, options);
  const endpoints = index
    .endpoints(namespace, service.name)
    .filter((one) => endpoint === undefined || one.label.toLowerCase() === endpoint);
  if (endpoints.length === 0) {
    return missing(
      endpoint === undefined
        ? `${told} is headless and has no ready endpoint`
        : `${told} has no ready endpoint ${endpoint}`,
    );
  }
  const usable = port === undefined ? endpoints : endpoints.filter((one) => one.ports.some(fits));
  if (usable.length === 0) return missing(`${told} has no port ${port!.name} of protocol ${port!.protocol}`);
  const nameOf = (one: EndpointFacts): string => `${one.label}.${service.name}.${namespace}.svc.${zone}`;
  const targets = usable.flatMap((one) => one.ports.filter(fits).map((at) => ({ target: nameOf(one), port: at.port })));
  return {
    exists: true,
    records: [
      ...[...new Set(usable.map((one) => one.address))].map((address) => ({ name, ttl, type: 'A', address }) as const),
      ...(type === TYPE.SRV ? serviceLocations(name, targets, ttl) : []),
    ],
    additional:
      type === TYPE.SRV
        ? distinct(usable.map((one) => ({ name: nameOf(one), ttl, type: 'A', address: one.address }) as const))
        : [],
    reason: `${told} ${endpoint === undefined ? 'is headless: its ready endpoints' : `has the endpoint ${endpoint}`}`,
  };
}

function ofClusterIP(
  name: string,
  type: number,
  told: string,
  service: ServiceFacts,
  fits: (port: PortFacts) => boolean,
  { zone, ttlSeconds: ttl }: AnswerOptions,
): Finding {
  const ports = service.ports.filter(fits);
  if (ports.length === 0) return missing(`${told} has no such port`);
  const target = `${service.name}.${service.namespace}.svc.${zone}`;
  const targets = ports.map(({ port }) => ({ target, port }));
  // Simplified: a dual-stack Service's IPv6 address has no AAAA record, as the pod network has no IPv6.
  const addresses = service.clusterIPs.filter((address) => !address.includes(':'));
  return {
    exists: true,
    records: [
      ...addresses.map((address) => ({ name, ttl, type: 'A', address }) as const),
      ...(type === TYPE.SRV ? serviceLocations(name, targets, ttl) : []),
    ],
    additional: addresses.map((address) => ({ name: target, ttl, type: 'A', address }) as const),
    reason: `${told} has the cluster IP ${service.clusterIPs.join(', ')}`,
  };
}

function reverse(name: string, address: string, { index, zone, ttlSeconds: ttl }: AnswerOptions): Finding {
  const service = index.serviceAt(address);
  const pointer = (target: string): ResourceRecord => ({ name, ttl, type: 'PTR', target });
  if (service !== undefined) {
    return {
      exists: true,
      records: [pointer(`${service.name}.${service.namespace}.svc.${zone}`)],
      reason: `${address} is the cluster IP of Service ${service.namespace}/${service.name}`,
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

const isAlias = (record: ResourceRecord): record is CnameRecord => record.type === 'CNAME';

/** Follows an alias as long as it leads to names of the cluster. */
function follow(alias: CnameRecord, type: number, options: AnswerOptions): ResourceRecord[] {
  const chain: ResourceRecord[] = [alias];
  let { target } = alias;
  while (chain.length <= MAX_CHAIN) {
    const request = parseRequest(target, options.zone);
    if (request.kind === 'outside') break;
    const { records } = lookUp(target, type, request, options);
    const matching = records.filter((record) => TYPE[record.type] === type);
    if (matching.length > 0) return [...chain, ...matching];
    const next = records.find(isAlias);
    if (next === undefined) break;
    chain.push(next);
    target = next.target;
  }
  return chain;
}

const missing = (reason: string): Finding => ({ exists: false, records: [], reason });

const refused = (reason: string): Answer => ({
  rcode: 'REFUSED',
  authoritative: false,
  answers: [],
  authority: [],
  additional: [],
  reason,
});
