import type { HTTPIngressPath, Ingress, IngressBackend, IngressRule, IngressTLS } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { invalid, invalidEach, notSupported, required } from '../validation/field-error.ts';
import { ipErrors } from '../validation/ip.ts';
import {
  dns1035LabelErrors,
  dnsSubdomainErrors,
  portNameErrors,
  portNumberErrors,
  wildcardSubdomainErrors,
} from '../validation/names.ts';
import { localReferenceErrors } from '../validation/object-reference.ts';

export const INGRESS_CLASS = 'kubernetes.io/ingress.class';
const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const FORBIDDEN_SEQUENCES = ['//', '/./', '/../', '%2f', '%2F'];
const FORBIDDEN_ENDINGS = ['/..', '/.'];
const NOT_A_NAME = 'must be a DNS name, not an IP address';

/** All that is wrong with an Ingress. What an old object had wrong before these rules came is still allowed. */
export function validateIngress({ metadata, spec }: Ingress, old: Ingress | undefined): FieldError[] {
  const { rules = [], tls = [], defaultBackend, ingressClassName } = spec;
  const errors: FieldError[] = [];
  if (rules.length === 0 && defaultBackend === undefined) {
    errors.push(invalid('spec', spec.rules ?? null, 'either `defaultBackend` or `rules` must be specified'));
  }
  if (defaultBackend !== undefined) errors.push(...backendErrors(defaultBackend, 'spec.defaultBackend'));
  const toleratesWildcards = (old?.spec.rules ?? []).some(
    (rule) => isWildcard(rule) && valueErrors(rule, '').length > 0,
  );
  for (const [index, rule] of rules.entries()) {
    const field = `spec.rules[${index}]`;
    errors.push(...hostErrors(rule.host ?? '', `${field}.host`));
    if (!isWildcard(rule) || !toleratesWildcards) errors.push(...valueErrors(rule, field));
  }
  errors.push(
    ...tlsErrors(
      tls,
      (old?.spec.tls ?? []).some(({ secretName }) => secretErrors(secretName).length > 0),
    ),
  );
  if (ingressClassName !== undefined) {
    errors.push(...invalidEach('spec.ingressClassName', ingressClassName, dnsSubdomainErrors(ingressClassName)));
  }
  const named = metadata.annotations?.[INGRESS_CLASS];
  if (old === undefined && named !== undefined && ingressClassName !== undefined && named !== ingressClassName) {
    const why = 'must match `ingressClassName` when both are specified';
    errors.push(invalid(`annotations.${INGRESS_CLASS}`, named, why));
  }
  return errors;
}

/** All that is wrong with the change of its status. */
export function validateIngressStatusChange({ status }: Ingress, old: Ingress): FieldError[] {
  const known = (old.status.loadBalancer?.ingress ?? []).map(({ ip }) => ip ?? '');
  return (status.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }, index) => {
    const field = `status.loadBalancer.ingress[${index}]`;
    const errors = ip ? ipErrors(ip, `${field}.ip`, known) : [];
    if (!hostname) return errors;
    errors.push(...invalidEach(`${field}.hostname`, hostname, dnsSubdomainErrors(hostname)));
    return isIp(hostname) ? [...errors, invalid(`${field}.hostname`, hostname, NOT_A_NAME)] : errors;
  });
}

const isIp = (text: string): boolean => ipErrors(text, '').length === 0;

const isWildcard = ({ host }: IngressRule): boolean => host?.includes('*') === true;

const nameErrors = (host: string): string[] =>
  host.includes('*') ? wildcardSubdomainErrors(host) : dnsSubdomainErrors(host);

function hostErrors(host: string, field: string): FieldError[] {
  if (host === '') return [];
  return [...(isIp(host) ? [invalid(field, host, NOT_A_NAME)] : []), ...invalidEach(field, host, nameErrors(host))];
}

const secretErrors = (name = ''): string[] => (name === '' ? [] : dnsSubdomainErrors(name));

const tlsErrors = (tls: readonly IngressTLS[], toleratesSecrets: boolean): FieldError[] =>
  tls.flatMap(({ hosts = [], secretName }, index) => {
    const field = `spec.tls[${index}]`;
    const errors = hosts.flatMap((host, at) => invalidEach(`${field}.hosts[${at}]`, host, nameErrors(host)));
    return toleratesSecrets
      ? errors
      : [...errors, ...invalidEach(`${field}.secretName`, secretName, secretErrors(secretName))];
  });

function valueErrors({ http }: IngressRule, field: string): FieldError[] {
  if (http === undefined) return [];
  const paths = http.paths ?? [];
  if (paths.length === 0) return [required(`${field}.http.paths`)];
  return paths.flatMap((path, index) => pathErrors(path, `${field}.http.paths[${index}]`));
}

function pathErrors({ path = '', pathType, backend }: HTTPIngressPath, field: string): FieldError[] {
  if (!pathType) return [required(`${field}.pathType`, 'pathType must be specified')];
  return [...pathTextErrors(path, pathType, field), ...backendErrors(backend, `${field}.backend`)];
}

function pathTextErrors(path: string, pathType: string, field: string): FieldError[] {
  const at = `${field}.path`;
  if (!PATH_TYPES.includes(pathType)) return [notSupported(`${field}.pathType`, pathType, PATH_TYPES)];
  const isFree = pathType === 'ImplementationSpecific';
  if (isFree && path === '') return [];
  const errors = path.startsWith('/') ? [] : [invalid(at, path, 'must be an absolute path')];
  if (isFree) return errors;
  const sequences = FORBIDDEN_SEQUENCES.filter((text) => path.includes(text)).map(
    (text) => `must not contain '${text}'`,
  );
  const endings = FORBIDDEN_ENDINGS.filter((text) => path.endsWith(text)).map((text) => `cannot end with '${text}'`);
  return [...errors, ...invalidEach(at, path, [...sequences, ...endings])];
}

function backendErrors(backend: IngressBackend | undefined, field: string): FieldError[] {
  const { resource, service } = backend ?? {};
  if (resource !== undefined && service !== undefined) {
    return [invalid(field, '', 'cannot set both resource and service backends')];
  }
  if (resource !== undefined) return localReferenceErrors(resource, `${field}.resource`);
  if (service === undefined) return [invalid(field, '', 'resource or service backend is required')];
  const { name: portName = '', number = 0 } = service.port ?? {};
  const at = `${field}.service`;
  const errors = service.name ? invalidEach(`${at}.name`, service.name, dns1035LabelErrors(service.name)) : [];
  if (!service.name) errors.push(required(`${at}.name`));
  if (portName !== '' && number !== 0) errors.push(invalid(field, '', 'cannot set both port name & port number'));
  else if (portName !== '') errors.push(...invalidEach(`${at}.port.name`, portName, portNameErrors(portName)));
  else if (number !== 0) errors.push(...invalidEach(`${at}.port.number`, number, portNumberErrors(number)));
  else errors.push(required(field, 'port name or number is required'));
  return errors;
}
