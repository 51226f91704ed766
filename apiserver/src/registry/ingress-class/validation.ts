import type { IngressClass, IngressClassParametersReference } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { forbidden, invalid, invalidEach, notSupported, required, tooLong } from '../validation/field-error.ts';
import { immutableErrors } from '../validation/immutable.ts';
import { dnsLabelErrors, dnsSubdomainErrors } from '../validation/names.ts';
import { localReferenceErrors } from '../validation/object-reference.ts';
import { regexMessage } from '../validation/regex-message.ts';

const MAX_CONTROLLER_BYTES = 250;
const PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
const isPath = new RegExp(`^${PATH}$`);

/** All that is wrong with an IngressClass. */
export const validateIngressClass = (draft: IngressClass, old: IngressClass | undefined): FieldError[] => [
  ...(old === undefined ? [] : changeErrors(draft, old)),
  ...controllerErrors(draft.spec.controller ?? ''),
  ...parametersErrors(draft.spec.parameters),
];

const changeErrors = (draft: IngressClass, old: IngressClass): FieldError[] =>
  immutableErrors(draft.spec.controller ?? '', old.spec.controller ?? '', 'spec.controller');

function controllerErrors(controller: string): FieldError[] {
  const field = 'spec.controller';
  const errors = Buffer.byteLength(controller) > MAX_CONTROLLER_BYTES ? [tooLong(field, MAX_CONTROLLER_BYTES)] : [];
  if (controller === '') return [...errors, required(field)];
  const slash = controller.indexOf('/');
  const [host, path] = [controller.slice(0, Math.max(0, slash)), controller.slice(slash + 1)];
  if (host === '' || path === '') {
    return [...errors, invalid(field, controller, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  }
  errors.push(...invalidEach(field, host, dnsSubdomainErrors(host)));
  return isPath.test(path) ? errors : [...errors, invalid(field, path, regexMessage('Invalid path', PATH))];
}

function parametersErrors(parameters: IngressClassParametersReference | undefined): FieldError[] {
  if (parameters === undefined) return [];
  const { scope, namespace } = parameters;
  const errors = localReferenceErrors(parameters, 'spec.parameters');
  const at = 'spec.parameters.namespace';
  if (scope !== 'Namespace' && scope !== 'Cluster') {
    return [...errors, notSupported('spec.parameters.scope', scope, ['Cluster', 'Namespace'])];
  }
  if (scope === 'Cluster') {
    return namespace === undefined ? errors : [...errors, forbidden(at, "`parameters.scope` is set to 'Cluster'")];
  }
  return namespace === undefined
    ? [...errors, required(at, "`parameters.scope` is set to 'Namespace'")]
    : [...errors, ...invalidEach(at, namespace, dnsLabelErrors(namespace))];
}
