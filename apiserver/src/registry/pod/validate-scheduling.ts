import type {
  Affinity,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinityTerm,
  PodSpec,
  PodSchedulingGate,
  Toleration,
  TopologySpreadConstraint,
} from '@kubarium/shared';
import { labelKeyErrors, labelValueErrors } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { duplicate, forbidden, invalid, invalidEach, notSupported, required } from '../validation/field-error.ts';
import { positiveErrors } from '../validation/immutable.ts';
import { labelSelectorErrors } from '../validation/labels.ts';
import { dnsLabelErrors, dnsSubdomainErrors, qualifiedNameErrors } from '../validation/names.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export const validateTolerations = (tolerations: readonly Toleration[], field: string): FieldError[] =>
  tolerations.flatMap((toleration, index) => tolerationErrors(toleration, `${field}[${index}]`));

function tolerationErrors(toleration: Toleration, field: string): FieldError[] {
  const { key, operator = '', value = '', effect, tolerationSeconds } = toleration;
  const errors = key ? invalidEach(`${field}.key`, key, labelKeyErrors(key)) : [];
  if (!key && operator !== 'Exists') {
    const why = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    errors.push(invalid(`${field}.operator`, operator, why));
  }
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
    errors.push(invalid(`${field}.effect`, effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set"));
  }
  if (operator === '' || operator === 'Equal') {
    const wrong = labelValueErrors(value);
    if (wrong.length > 0) errors.push(invalid(`${field}.operator`, value, wrong.join(';')));
  } else if (operator === 'Exists') {
    if (value !== '')
      errors.push(invalid(`${field}.operator`, value, "value must be empty when `operator` is 'Exists'"));
  } else if (operator === 'Lt' || operator === 'Gt') {
    errors.push(notSupported(`${field}.operator`, operator, ['Equal', 'Exists', 'Lt', 'Gt']));
  } else {
    errors.push(notSupported(`${field}.operator`, operator, ['Equal', 'Exists']));
  }
  return effect && !EFFECTS.includes(effect) ? [...errors, notSupported(`${field}.effect`, effect, EFFECTS)] : errors;
}

export function validateSchedulingGates(gates: readonly PodSchedulingGate[], field: string): FieldError[] {
  const seen = new Set<string>();
  return gates.flatMap(({ name }, index) => {
    const at = `${field}[${index}]`;
    const errors = invalidEach(at, name, qualifiedNameErrors(name));
    if (seen.has(name)) errors.push(duplicate(at, name));
    seen.add(name);
    return errors;
  });
}

const spreadKey = ({ topologyKey, whenUnsatisfiable }: TopologySpreadConstraint): string =>
  `${topologyKey}, ${whenUnsatisfiable}`;

export function validateTopologySpread(constraints: readonly TopologySpreadConstraint[], field: string): FieldError[] {
  const last = new Map(constraints.map((constraint, index) => [spreadKey(constraint), index]));
  return constraints.flatMap((constraint, index) => {
    const at = `${field}[${index}]`;
    const { topologyKey, whenUnsatisfiable, minDomains, labelSelector, matchLabelKeys = [] } = constraint;
    const errors = positiveErrors(constraint.maxSkew, `${at}.maxSkew`);
    if (!topologyKey) errors.push(required(`${at}.topologyKey`, 'can not be empty'));
    const actions = ['DoNotSchedule', 'ScheduleAnyway'];
    if (!actions.includes(whenUnsatisfiable))
      errors.push(notSupported(`${at}.whenUnsatisfiable`, whenUnsatisfiable, actions));
    if (last.get(spreadKey(constraint))! > index)
      errors.push(duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`));
    if (minDomains !== undefined) {
      errors.push(...positiveErrors(minDomains, `${at}.minDomains`));
      if (whenUnsatisfiable !== 'DoNotSchedule') {
        const why = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
        errors.push(invalid(`${at}.minDomains`, minDomains, why));
      }
    }
    for (const key of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
      const policy = constraint[key];
      if (policy !== undefined && policy !== 'Honor' && policy !== 'Ignore') {
        errors.push(notSupported(`${at}.${key}`, policy, ['Honor', 'Ignore']));
      }
    }
    if (matchLabelKeys.length > 0) {
      if (!labelSelector) {
        errors.push(forbidden(`${at}.matchLabelKeys`, 'must not be specified when labelSelector is not set'));
      } else {
        for (const [i, key] of matchLabelKeys.entries()) {
          errors.push(...invalidEach(`${at}.matchLabelKeys[${i}]`, key, labelKeyErrors(key)));
        }
      }
    }
    return [...errors, ...labelSelectorErrors(labelSelector, `${at}.labelSelector`)];
  });
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

export function validateAffinity(affinity: Affinity | undefined, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const node = affinity?.nodeAffinity;
  if (node?.[REQUIRED])
    errors.push(...nodeSelectorErrors(node[REQUIRED].nodeSelectorTerms, `${field}.nodeAffinity.${REQUIRED}`));
  for (const [index, { weight, preference }] of (node?.[PREFERRED] ?? []).entries()) {
    const at = `${field}.nodeAffinity.${PREFERRED}[${index}]`;
    if (!inWeightRange(weight)) errors.push(invalid(`${at}.weight`, weight, 'must be in the range 1-100'));
    errors.push(...nodeTermErrors(preference, `${at}.preference`));
  }
  for (const kind of ['podAffinity', 'podAntiAffinity'] as const) {
    const terms = affinity?.[kind];
    for (const [index, term] of (terms?.[REQUIRED] ?? []).entries()) {
      errors.push(...podTermErrors(term, `${field}.${kind}.${REQUIRED}[${index}]`));
    }
    for (const [index, { weight, podAffinityTerm }] of (terms?.[PREFERRED] ?? []).entries()) {
      const at = `${field}.${kind}.${PREFERRED}[${index}]`;
      if (!inWeightRange(weight)) errors.push(invalid(`${at}.weight`, weight, 'must be in the range 1-100'));
      errors.push(...podTermErrors(podAffinityTerm, `${at}.podAffinityTerm`));
    }
  }
  return errors;
}

const inWeightRange = (weight: number): boolean => weight >= 1 && weight <= 100;

function nodeSelectorErrors(terms: readonly NodeSelectorTerm[] | undefined, field: string): FieldError[] {
  const at = `${field}.nodeSelectorTerms`;
  if (!terms || terms.length === 0) return [required(at, 'must have at least one node selector term')];
  return terms.flatMap((term, index) => nodeTermErrors(term, `${at}[${index}]`));
}

const nodeTermErrors = ({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, field: string): FieldError[] => [
  ...matchExpressions.flatMap((requirement, index) =>
    nodeRequirementErrors(requirement, `${field}.matchExpressions[${index}]`),
  ),
  ...matchFields.flatMap((requirement, index) => nodeFieldErrors(requirement, `${field}.matchFields[${index}]`)),
];

function nodeRequirementErrors({ key, operator, values = [] }: NodeSelectorRequirement, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const at = `${field}.values`;
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) errors.push(required(at, "must be specified when `operator` is 'In' or 'NotIn'"));
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0)
        errors.push(forbidden(at, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      break;
    case 'Gt':
    case 'Lt':
      if (values.length !== 1)
        errors.push(required(at, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
      break;
    default:
      errors.push(invalid(`${field}.operator`, operator, 'not a valid selector operator'));
  }
  errors.push(...invalidEach(`${field}.key`, key, labelKeyErrors(key)));
  for (const [index, value] of values.entries())
    errors.push(...invalidEach(`${at}[${index}]`, value, labelValueErrors(value)));
  return errors;
}

function nodeFieldErrors({ key, operator, values = [] }: NodeSelectorRequirement, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (operator !== 'In' && operator !== 'NotIn') {
    errors.push(invalid(`${field}.operator`, operator, 'not a valid selector operator'));
  } else if (values.length !== 1) {
    errors.push(
      required(`${field}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"),
    );
  }
  if (key !== 'metadata.name') return [...errors, invalid(`${field}.key`, key, 'not a valid field selector key')];
  return [
    ...errors,
    ...values.flatMap((value, index) => invalidEach(`${field}.values[${index}]`, value, dnsSubdomainErrors(value))),
  ];
}

function podTermErrors(term: PodAffinityTerm, field: string): FieldError[] {
  const { labelSelector, namespaceSelector, namespaces = [], topologyKey } = term;
  const errors = [
    ...labelSelectorErrors(labelSelector, `${field}.labelSelector`),
    ...labelSelectorErrors(namespaceSelector, `${field}.namespaceSelector`),
    ...namespaces.flatMap((name) => invalidEach(`${field}.namespace`, name, dnsLabelErrors(name))),
  ];
  for (const list of ['matchLabelKeys', 'mismatchLabelKeys'] as const) {
    if ((term[list] ?? []).length > 0 && !labelSelector) {
      errors.push(forbidden(`${field}.${list}`, 'must not be specified when labelSelector is not set'));
    }
  }
  if (topologyKey === '') errors.push(required(`${field}.topologyKey`, 'can not be empty'));
  return [...errors, ...invalidEach(`${field}.topologyKey`, topologyKey, labelKeyErrors(topologyKey))];
}

/** What is wrong with the readiness gates. */
export const validateReadinessGates = ({ readinessGates = [] }: PodSpec, field: string): FieldError[] =>
  readinessGates.flatMap(({ conditionType }, index) =>
    invalidEach(`${field}[${index}].conditionType`, conditionType, qualifiedNameErrors(conditionType)),
  );
