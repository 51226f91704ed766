import type { Container, PodSpec } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { duplicate, forbidden, invalid, notSupported, required, tooLong } from '../validation/field-error.ts';

const RESTART_POLICIES = ['Always', 'Never', 'OnFailure'];
const RESIZE_POLICIES = ['NotRequired', 'RestartContainer'];
const MAX_RULES = 20;

/** What is wrong with a container's own restart policy, and with the rules that say when it does not hold. */
export function validateRestart(container: Container, field: string, isInit: boolean): FieldError[] {
  const { restartPolicy, restartPolicyRules = [] } = container;
  const hasRules = restartPolicyRules.length > 0;
  const errors: FieldError[] = [];
  if (restartPolicy === undefined) {
    if (hasRules)
      errors.push(required(`${field}.restartPolicy`, 'must specify restartPolicy when restart rules are used'));
    if (isInit) return errors;
  } else if (!RESTART_POLICIES.includes(restartPolicy)) {
    errors.push(notSupported(`${field}.restartPolicy`, restartPolicy, RESTART_POLICIES));
  }
  if (isInit && hasRules && restartPolicy === 'Always') {
    const why = 'restartPolicyRules are not allowed for init containers with restart policy Always';
    return [...errors, forbidden(`${field}.restartPolicyRules`, why)];
  }
  return [...errors, ...rulesErrors(restartPolicyRules, `${field}.restartPolicyRules`)];
}

function rulesErrors(rules: NonNullable<Container['restartPolicyRules']>, field: string): FieldError[] {
  const errors = rules.length > MAX_RULES ? [tooLong(field, MAX_RULES)] : [];
  for (const [index, { action, exitCodes }] of rules.entries()) {
    const at = `${field}[${index}]`;
    if (action !== 'Restart') errors.push(notSupported(`${at}.action`, action ?? '', ['Restart']));
    if (exitCodes === undefined) errors.push(required(`${at}.exitCodes`, 'must be specified'));
    else if (exitCodes.operator !== 'In' && exitCodes.operator !== 'NotIn') {
      errors.push(notSupported(`${at}.exitCodes.operator`, exitCodes.operator ?? '', ['In', 'NotIn']));
    }
  }
  return errors;
}

/** What is wrong with how a container takes a change of its resources. */
export function validateResizePolicies(
  policies: NonNullable<Container['resizePolicy']>,
  { restartPolicy: podRestartPolicy }: PodSpec,
  field: string,
): FieldError[] {
  const names = new Set<string>();
  return policies.flatMap(({ resourceName, restartPolicy }, index) => {
    const errors: FieldError[] = [];
    if (names.has(resourceName)) errors.push(duplicate(`${field}[${index}]`, resourceName));
    names.add(resourceName);
    errors.push(...oneOf(resourceName, ['cpu', 'memory'], field), ...oneOf(restartPolicy, RESIZE_POLICIES, field));
    if (podRestartPolicy === 'Never' && restartPolicy === 'RestartContainer') {
      errors.push(invalid(field, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'"));
    }
    return errors;
  });
}

function oneOf(value: string, supported: readonly string[], field: string): FieldError[] {
  if (!value) return [required(field)];
  return supported.includes(value) ? [] : [notSupported(field, value, supported)];
}
