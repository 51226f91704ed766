import { isIPv4 } from 'node:net';
import type { Endpoint, EndpointSlice } from '@kubarium/shared';
import { deepEqual, labelValueErrors, isIpv6 } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { duplicate, invalid, invalidEach, notSupported, required, tooMany } from '../validation/field-error.ts';
import { immutableErrors } from '../validation/immutable.ts';
import { endpointIpErrors, ipErrors } from '../validation/ip.ts';
import { labelsErrors } from '../validation/labels.ts';
import { dnsLabelErrors, dnsSubdomainErrors, qualifiedNameErrors } from '../validation/names.ts';
import { PROTOCOLS } from '../validation/port.ts';

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];
const MAX_ENDPOINTS = 1000;
const MAX_ADDRESSES = 100;
const MAX_PORTS = 20_000;
const MAX_HINTS = 8;

/** All that is wrong with an EndpointSlice; endpoints that have not changed are not judged again. */
export function validateEndpointSlice(slice: EndpointSlice, old: EndpointSlice | undefined): FieldError[] {
  const same = old !== undefined && deepEqual(slice.endpoints, old.endpoints);
  return [...typeErrors(slice), ...portsErrors(slice), ...(same ? [] : endpointsErrors(slice))];
}

/** All that is wrong with the change of an EndpointSlice. */
export const validateEndpointSliceChange = (draft: EndpointSlice, old: EndpointSlice): FieldError[] =>
  immutableErrors(draft.addressType, old.addressType, 'addressType');

function typeErrors({ addressType }: EndpointSlice): FieldError[] {
  if (!addressType) return [required('addressType')];
  return ADDRESS_TYPES.includes(addressType) ? [] : [notSupported('addressType', addressType, ADDRESS_TYPES)];
}

function portsErrors({ ports }: EndpointSlice): FieldError[] {
  if ((ports ?? []).length > MAX_PORTS) return [tooMany('ports', ports!.length, MAX_PORTS)];
  const names = new Set<string>();
  return (ports ?? []).flatMap(({ name = '', protocol, appProtocol }, index) => {
    const at = `ports[${index}]`;
    const errors = name === '' ? [] : invalidEach(`${at}.name`, name, dnsLabelErrors(name));
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
    if (!PROTOCOLS.includes(protocol as 'TCP')) errors.push(notSupported(`${at}.protocol`, protocol, PROTOCOLS));
    return appProtocol === undefined
      ? errors
      : [...errors, ...invalidEach(`${at}.appProtocol`, appProtocol, qualifiedNameErrors(appProtocol))];
  });
}

function endpointsErrors({ endpoints, addressType }: EndpointSlice): FieldError[] {
  const list = endpoints ?? [];
  if (list.length > MAX_ENDPOINTS) return [tooMany('endpoints', list.length, MAX_ENDPOINTS)];
  return list.flatMap((endpoint, index) => endpointErrors(endpoint, addressType, `endpoints[${index}]`));
}

function endpointErrors(endpoint: Endpoint, type: string, field: string): FieldError[] {
  const { addresses, nodeName, hostname, hints, deprecatedTopology } = endpoint;
  const list = addresses ?? [];
  const errors: FieldError[] = [];
  if (list.length === 0) errors.push(required(`${field}.addresses`, 'must contain at least 1 address'));
  else if (list.length > MAX_ADDRESSES) errors.push(tooMany(`${field}.addresses`, list.length, MAX_ADDRESSES));
  for (const [index, address] of list.entries())
    errors.push(...addressErrors(address, type, `${field}.addresses`, index));
  if (nodeName !== undefined) errors.push(...invalidEach(`${field}.nodeName`, nodeName, dnsSubdomainErrors(nodeName)));
  errors.push(...labelsErrors(deprecatedTopology, `${field}.deprecatedTopology`));
  if (hostname !== undefined) errors.push(...invalidEach(`${field}.hostname`, hostname, dnsLabelErrors(hostname)));
  for (const [key, messages] of [
    ['forZones', labelValueErrors],
    ['forNodes', dnsSubdomainErrors],
  ] as const) {
    errors.push(...hintErrors(hints?.[key] ?? [], messages, `${field}.hints.${key}`));
  }
  return errors;
}

function addressErrors(address: string, type: string, field: string, index: number): FieldError[] {
  const at = `${field}[${index}]`;
  if (type === 'FQDN') return domainErrors(address, at);
  if (type !== 'IPv4' && type !== 'IPv6') return [];
  const wrong = ipErrors(address, at);
  if (wrong.length > 0) return wrong;
  const fits = type === 'IPv6' ? isIpv6(address) : !isIpv6(address);
  return [...(fits ? [] : [invalid(field, address, `must be an ${type} address`)]), ...endpointIpErrors(address, at)];
}

function domainErrors(name: string, field: string): FieldError[] {
  if (name === '') return [required(field)];
  const plain = name.replace(/\.$/, '');
  const wrong = dnsSubdomainErrors(plain);
  if (wrong.length > 0) return [invalid(field, plain, wrong.join(','))];
  if (isIPv4(plain) || !plain.includes('.')) {
    const why = 'should be a domain with at least two segments separated by dots';
    return plain.includes('.') ? [] : [invalid(field, plain, why)];
  }
  return [];
}

function hintErrors(
  hints: readonly { name: string }[],
  messages: (name: string) => string[],
  field: string,
): FieldError[] {
  if (hints.length > MAX_HINTS) return [tooMany(field, hints.length, MAX_HINTS)];
  const names = new Set<string>();
  return hints.flatMap(({ name }, index) => {
    const at = `${field}[${index}].name`;
    const twice = names.has(name);
    names.add(name);
    return [...(twice ? [duplicate(at, name)] : []), ...invalidEach(at, name, messages(name))];
  });
}
