import { isIpv6 } from '@kubarium/shared';
import type { Service, ServicePort } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { duplicate, forbidden, invalid, invalidEach, notSupported, required } from '../validation/field-error.ts';
import { cidrErrors, endpointIpErrors, ipErrors } from '../validation/ip.ts';
import { labelsErrors } from '../validation/labels.ts';
import { dnsLabelErrors, dnsSubdomainErrors, portNumberErrors, qualifiedNameErrors } from '../validation/names.ts';
import { portErrors, PROTOCOLS } from '../validation/port.ts';
import { isExternallyAccessible } from './defaults.ts';
import { familyErrors } from './ip-families.ts';
import { isHeadless, needsClusterIP } from './needs.ts';
import { serviceChangeErrors } from './validation-update.ts';

const MAX_AFFINITY_SECONDS = 86_400;
const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const TRAFFIC_POLICIES = ['Cluster', 'Local'];
const TRAFFIC_DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];

/** All that is wrong with a Service, or its change. Where its addresses cannot be, nothing else is looked at, as in the real server. */
export function validateService(service: Service, old?: Service): FieldError[] {
  const addresses = addressingErrors(service, old);
  if (addresses.length > 0) return addresses;
  return [
    ...(old === undefined ? [] : serviceChangeErrors(service, old)),
    ...hintsErrors(service),
    ...typeErrors(service),
    ...portsErrors(service),
    ...labelsErrors(service.spec.selector, 'spec.selector'),
    ...affinityErrors(service),
    ...externalIPErrors(service, old),
    ...(TYPES.includes(service.spec.type ?? '') ? [] : [notSupported('spec.type', service.spec.type, TYPES)]),
    ...nodePortErrors(service),
    ...duplicatePortErrors(service),
    ...loadBalancerErrors(service, old),
    ...trafficErrors(service),
  ];
}

/** What is wrong with a Service's addresses and families. */
function addressingErrors(service: Service, old: Service | undefined): FieldError[] {
  const errors = clusterIPErrors(service, old);
  return errors.length > 0 ? errors : familyErrors(service);
}

function hintsErrors({ metadata }: Service): FieldError[] {
  const hints = metadata.annotations?.['service.kubernetes.io/topology-aware-hints'];
  const mode = metadata.annotations?.['service.kubernetes.io/topology-mode'];
  if (hints === undefined || mode === undefined || hints === mode) return [];
  const why = 'must match annotations[service.kubernetes.io/topology-aware-hints] when both are specified';
  return [invalid('metadata.annotations[service.kubernetes.io/topology-mode]', mode, why)];
}

function typeErrors(service: Service): FieldError[] {
  const { spec } = service;
  const errors: FieldError[] = [];
  if ((spec.ports ?? []).length === 0 && !isHeadless(service) && spec.type !== 'ExternalName') {
    errors.push(required('spec.ports'));
  }
  if (spec.type === 'LoadBalancer' || spec.type === 'NodePort') {
    if (isHeadless(service)) {
      errors.push(invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`));
    }
    return errors;
  }
  if (spec.type !== 'ExternalName') return errors;
  const absent = 'may not be set for ExternalName services';
  if ((spec.clusterIPs ?? []).length > 0) errors.push(forbidden('spec.clusterIPs', absent));
  if ((spec.ipFamilies ?? []).length > 0) errors.push(forbidden('spec.ipFamilies', absent));
  if (spec.ipFamilyPolicy !== undefined) errors.push(forbidden('spec.ipFamilyPolicy', absent));
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  if (name === '') errors.push(required('spec.externalName'));
  else errors.push(...invalidEach('spec.externalName', name, dnsSubdomainErrors(name)));
  return errors;
}

function portsErrors({ spec }: Service): FieldError[] {
  const names = new Set<string>();
  const ports = spec.ports ?? [];
  return ports.flatMap((port, index) => portErrorsAt(port, `spec.ports[${index}]`, ports.length > 1, names));
}

function portErrorsAt(port: ServicePort, field: string, needsName: boolean, names: Set<string>): FieldError[] {
  const errors: FieldError[] = [];
  if (port.name) {
    errors.push(...invalidEach(`${field}.name`, port.name, dnsLabelErrors(port.name)));
    if (names.has(port.name)) errors.push(duplicate(`${field}.name`, port.name));
    names.add(port.name);
  } else if (needsName) {
    errors.push(required(`${field}.name`));
  }
  errors.push(...invalidEach(`${field}.port`, port.port, portNumberErrors(port.port)));
  if (!PROTOCOLS.includes(port.protocol!)) errors.push(notSupported(`${field}.protocol`, port.protocol, PROTOCOLS));
  errors.push(...portErrors(port.targetPort, `${field}.targetPort`));
  if (port.appProtocol !== undefined) {
    errors.push(...invalidEach(`${field}.appProtocol`, port.appProtocol, qualifiedNameErrors(port.appProtocol)));
  }
  return errors;
}

function affinityErrors({ spec }: Service): FieldError[] {
  const { sessionAffinity, sessionAffinityConfig } = spec;
  if (sessionAffinity !== 'ClientIP' && sessionAffinity !== 'None') {
    return [notSupported('spec.sessionAffinity', sessionAffinity, ['ClientIP', 'None'])];
  }
  if (sessionAffinity === 'None') return [];
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 0;
  if (seconds > 0 && seconds <= MAX_AFFINITY_SECONDS) return [];
  const why = `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`;
  return [invalid('spec.sessionAffinityConfig.clientIP.timeoutSeconds', seconds, why)];
}

const externalIPErrors = ({ spec }: Service, old: Service | undefined): FieldError[] =>
  (spec.externalIPs ?? []).flatMap((ip, index) => {
    const field = `spec.externalIPs[${index}]`;
    const errors = ipErrors(ip, field, old?.spec.externalIPs);
    return errors.length > 0 ? errors : endpointIpErrors(ip, field);
  });

function nodePortErrors({ spec }: Service): FieldError[] {
  const errors: FieldError[] = [];
  const ports = spec.ports ?? [];
  if (spec.type === 'ClusterIP') {
    for (const [index, { nodePort }] of ports.entries()) {
      if (!nodePort) continue;
      errors.push(forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'"));
    }
  }
  const seen = new Set<string>();
  for (const [index, { nodePort, protocol }] of ports.entries()) {
    if (!nodePort) continue;
    const key = `${protocol}/${nodePort}`;
    if (seen.has(key)) errors.push(duplicate(`spec.ports[${index}].nodePort`, nodePort));
    seen.add(key);
  }
  return errors;
}

function duplicatePortErrors({ spec }: Service): FieldError[] {
  const seen = new Set<string>();
  return (spec.ports ?? []).flatMap(({ port, protocol }, index) => {
    const key = `${protocol}/${port}`;
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    // The real server shows its internal form of a port with only these two fields set.
    const shown = { Name: '', Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 };
    return [duplicate(`spec.ports[${index}]`, shown)];
  });
}

function loadBalancerErrors({ metadata, spec }: Service, old: Service | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const only = "may only be used when `type` is 'LoadBalancer'";
  const balanced = spec.type === 'LoadBalancer';
  const ranges = spec.loadBalancerSourceRanges ?? [];
  if (ranges.length > 0) {
    const field = 'spec.LoadBalancerSourceRanges';
    if (!balanced) errors.push(forbidden(field, only));
    const before = (old?.spec.loadBalancerSourceRanges ?? []).map((range) => range.trim());
    for (const [index, range] of ranges.entries())
      errors.push(...cidrErrors(range.trim(), `${field}[${index}]`, before));
  } else if (metadata.annotations?.[SOURCE_RANGES] !== undefined) {
    const field = `metadata.annotations[${SOURCE_RANGES}]`;
    const listed = metadata.annotations[SOURCE_RANGES].trim();
    if (!balanced) errors.push(forbidden(field, only));
    else if (listed !== '') errors.push(...listed.split(',').flatMap((range) => cidrErrors(range.trim(), field)));
  }
  if (spec.allocateLoadBalancerNodePorts !== undefined && !balanced) {
    errors.push(forbidden('spec.allocateLoadBalancerNodePorts', only));
  }
  if (spec.loadBalancerClass === undefined) return errors;
  const field = 'spec.loadBalancerClass';
  if (!balanced) return [...errors, forbidden(field, only)];
  return [...errors, ...invalidEach(field, spec.loadBalancerClass, qualifiedNameErrors(spec.loadBalancerClass))];
}

function trafficErrors(service: Service): FieldError[] {
  const { spec } = service;
  const errors: FieldError[] = [];
  const external = spec.externalTrafficPolicy;
  if (!isExternallyAccessible(service)) {
    if (external) {
      const why = 'may only be set for externally-accessible services';
      errors.push(invalid('spec.externalTrafficPolicy', external, why));
    }
  } else if (!TRAFFIC_POLICIES.includes(external ?? '')) {
    errors.push(notSupported('spec.externalTrafficPolicy', external, TRAFFIC_POLICIES));
  }
  if (spec.healthCheckNodePort && !(spec.type === 'LoadBalancer' && external === 'Local')) {
    const why = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    errors.push(invalid('spec.healthCheckNodePort', spec.healthCheckNodePort, why));
  }
  const internal = spec.internalTrafficPolicy;
  if (internal !== undefined && !TRAFFIC_POLICIES.includes(internal)) {
    errors.push(notSupported('spec.internalTrafficPolicy', internal, TRAFFIC_POLICIES));
  }
  const distribution = spec.trafficDistribution;
  if (distribution !== undefined && !TRAFFIC_DISTRIBUTIONS.includes(distribution)) {
    errors.push(notSupported('spec.trafficDistribution', distribution, TRAFFIC_DISTRIBUTIONS));
  }
  return errors;
}

/** Whether `clusterIP`, `clusterIPs` and `ipFamilies` fit each other. */
function clusterIPErrors(service: Service, old: Service | undefined): FieldError[] {
  if (!needsClusterIP(service)) return [];
  const { clusterIP = '', clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = service.spec;
  const field = 'spec.clusterIPs';
  const errors: FieldError[] = [];
  if (clusterIP !== '') {
    if (clusterIPs.length === 0) errors.push(required(field));
    else if (clusterIPs[0] !== clusterIP) errors.push(invalid(field, clusterIPs, 'first value must match `clusterIP`'));
  } else if (clusterIPs.length > 0) {
    errors.push(invalid(field, clusterIPs, 'must be empty when `clusterIP` is not specified'));
  }
  const seen = new Set<string>();
  for (const [index, family] of ipFamilies.entries()) {
    const at = `spec.ipFamilies[${index}]`;
    if (family !== 'IPv4' && family !== 'IPv6') errors.push(notSupported(at, family, ['IPv4', 'IPv6']));
    if (seen.has(family)) errors.push(duplicate(at, family));
    seen.add(family);
  }
  const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
  if (ipFamilyPolicy !== undefined && !policies.includes(ipFamilyPolicy)) {
    errors.push(notSupported('spec.ipFamilyPolicy', ipFamilyPolicy, policies));
  }
  const wrong = addressErrors(clusterIPs, old?.spec.clusterIPs);
  errors.push(...wrong);
  if (clusterIPs.length > 2) errors.push(invalid(field, clusterIPs, 'may only hold up to 2 values'));
  if (wrong.length > 0 || isHeadless(service)) return errors;
  if (clusterIPs.length > 1 && new Set(clusterIPs.map((ip) => isIpv6(ip))).size < 2) {
    errors.push(invalid(field, clusterIPs, 'may specify no more than one IP for each IP family'));
  }
  for (const [index, ip] of clusterIPs.entries()) {
    const family = ipFamilies[index];
    if ((family === 'IPv4' && isIpv6(ip)) || (family === 'IPv6' && !isIpv6(ip))) {
      const why = `expected an ${family} value as indicated by \`ipFamilies[${index}]\``;
      errors.push(invalid(`${field}[${index}]`, ip, why));
    }
  }
  return errors;
}

const addressErrors = (clusterIPs: readonly string[], before: readonly string[] | undefined): FieldError[] =>
  clusterIPs.flatMap((ip, index) => {
    if (index !== 0 || ip !== 'None') return ipErrors(ip, `spec.clusterIPs[${index}]`, before);
    if (clusterIPs.length === 1) return [];
    return [invalid('spec.clusterIPs', clusterIPs, "'None' must be the first and only value")];
  });
