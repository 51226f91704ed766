import type { EndpointAddress, Endpoints, EndpointSubset } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { invalidEach, notSupported, required } from '../validation/field-error.ts';
import { endpointIpErrors, ipErrors } from '../validation/ip.ts';
import { dnsLabelErrors, dnsSubdomainErrors, portNumberErrors, qualifiedNameErrors } from '../validation/names.ts';
import { PROTOCOLS } from '../validation/port.ts';

/** All that is wrong with Endpoints. */
export const validateEndpoints = ({ subsets = [] }: Endpoints): FieldError[] =>
  subsets.flatMap((subset, index) => subsetErrors(subset, `subsets[${index}]`));

function subsetErrors(
  { addresses = [], notReadyAddresses = [], ports = [] }: EndpointSubset,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (addresses.length + notReadyAddresses.length === 0) {
    errors.push(required(field, 'must specify `addresses` or `notReadyAddresses`'));
  }
  for (const [key, list] of Object.entries({ addresses, notReadyAddresses })) {
    for (const [index, address] of list.entries()) errors.push(...addressErrors(address, `${field}.${key}[${index}]`));
  }
  for (const [index, { name, port, protocol, appProtocol }] of ports.entries()) {
    const at = `${field}.ports[${index}]`;
    if (name) errors.push(...invalidEach(`${at}.name`, name, dnsLabelErrors(name)));
    else if (ports.length > 1) errors.push(required(`${at}.name`));
    errors.push(...invalidEach(`${at}.port`, port, portNumberErrors(port)));
    if (!PROTOCOLS.includes(protocol!)) errors.push(notSupported(`${at}.protocol`, protocol, PROTOCOLS));
    if (appProtocol !== undefined) {
      errors.push(...invalidEach(`${at}.appProtocol`, appProtocol, qualifiedNameErrors(appProtocol)));
    }
  }
  return errors;
}

const addressErrors = ({ ip, hostname, nodeName }: EndpointAddress, field: string): FieldError[] => [
  ...ipErrors(ip, `${field}.ip`),
  ...(hostname ? invalidEach(`${field}.hostname`, hostname, dnsLabelErrors(hostname)) : []),
  ...(nodeName === undefined ? [] : invalidEach(`${field}.nodeName`, nodeName, dnsSubdomainErrors(nodeName))),
  ...endpointIpErrors(ip, `${field}.ip`),
];
