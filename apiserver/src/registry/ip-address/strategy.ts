import type { IPAddress, ParentReference } from '@kubarium/shared';
import { deepEqual } from '@kubarium/shared';
import { age } from '../printing/age.ts';
import type { FieldError, Strategy } from '../strategy.ts';
import { invalid, invalidEach, required } from '../validation/field-error.ts';
import { strictIpErrors } from '../validation/ip.ts';
import { dnsSubdomainErrors, pathSegmentErrors } from '../validation/names.ts';
import { requiredSegmentErrors } from '../validation/object-reference.ts';

/** The meaning of IPAddresses: one address that something holds; it is the object's name. */
export const ipAddressStrategy: Strategy<IPAddress> = {
  withoutGeneration: true,
  nameErrors: strictIpErrors,
  validate: ({ spec }) => parentErrors(spec.parentRef),
  validateUpdate: ({ spec }, old) =>
    deepEqual(spec.parentRef, old.spec.parentRef)
      ? []
      : [invalid('spec.parentRef', internalForm(spec.parentRef), 'field is immutable')],
  selectableFields: { 'spec.parentRef.name': ({ spec }) => spec.parentRef.name },
  tableCells: ({ metadata, spec }, nowMs) => [
    metadata.name,
    parentText(spec.parentRef),
    age(metadata.creationTimestamp, nowMs),
  ],
};

function parentErrors(parent: ParentReference | undefined): FieldError[] {
  const field = 'spec.parentRef';
  if (parent === undefined) return [required(field)];
  const { group = '', resource, name, namespace = '' } = parent;
  return [
    ...(group === '' ? [] : invalidEach(`${field}.group`, group, dnsSubdomainErrors(group))),
    ...requiredSegmentErrors(resource, `${field}.resource`),
    ...requiredSegmentErrors(name, `${field}.name`),
    ...(namespace === '' ? [] : invalidEach(`${field}.namespace`, namespace, pathSegmentErrors(namespace))),
  ];
}

/** A parent as the real server's messages show it. */
const internalForm = (parent: ParentReference | undefined): unknown =>
  parent && {
    Group: parent.group ?? '',
    Resource: parent.resource,
    Namespace: parent.namespace ?? '',
    Name: parent.name,
  };

function parentText(parent: ParentReference | undefined): string {
  if (parent === undefined) return '<none>';
  const { group, resource, namespace, name } = parent;
  const kind = (group ? `${resource}.${group}` : resource).toLowerCase();
  return [kind, namespace, name].filter(Boolean).join('/');
}
