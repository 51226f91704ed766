import type { Affinity, Container, NodeSelectorTerm, Pod, PodSpec, Toleration } from '@kubarium/shared';
import { deepEqual } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { forbidden, invalid, required } from '../validation/field-error.ts';
import { rangeMessage } from '../validation/regex-message.ts';
import { unifiedDiff } from '../validation/unified-diff.ts';
import { validateTolerations } from './validate-scheduling.ts';

const MAX_INT32 = 2_147_483_647;
const CHANGEABLE =
  '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/**
 * All that is wrong with the change of a pod's spec: nearly everything is decided for life when it is created. A pod that waits
 * behind scheduling gates may be narrowed down further (KEP-3838).
 */
export function validatePodChange(draft: Pod, old: Pod): FieldError[] {
  for (const key of ['containers', 'initContainers'] as const) {
    const { errors, stop } = imageErrors(draft.spec[key] ?? [], old.spec[key] ?? [], `spec.${key}`);
    if (stop || errors.length > 0) return errors;
  }
  const deadline = deadlineErrors(draft.spec, old.spec);
  if (deadline.stop) return deadline.errors;
  const errors = [
    ...deadline.errors,
    ...tolerationErrors(draft.spec.tolerations ?? [], old.spec.tolerations ?? []),
    ...gateErrors(draft.spec, old.spec),
  ];
  if (deepEqual(draft.spec, old.spec)) return errors;
  const rest = withAllowedChangesUndone(draft.spec, old.spec);
  if ((old.spec.schedulingGates ?? []).length > 0) errors.push(...gatedErrors(rest, old.spec));
  if (deepEqual(rest, old.spec)) return errors;
  // Simplified: the real server shows the difference of its internal form; this shows the API's fields.
  const why = `pod updates may not change fields other than ${CHANGEABLE}\n${unifiedDiff(old.spec, rest)}`;
  return [...errors, forbidden('spec', why)];
}

function imageErrors(
  now: readonly Container[],
  before: readonly Container[],
  field: string,
): { errors: FieldError[]; stop: boolean } {
  if (now.length !== before.length) {
    return { errors: [forbidden(field, 'pod updates may not add or remove containers')], stop: true };
  }
  const errors = now.flatMap(({ image = '' }, index) => {
    const at = `${field}[${index}].image`;
    if (image === '') return [required(at)];
    return image.trim() === image ? [] : [invalid(at, image, 'must not have leading or trailing whitespace')];
  });
  return { errors, stop: false };
}

function deadlineErrors(now: PodSpec, before: PodSpec): { errors: FieldError[]; stop: boolean } {
  const field = 'spec.activeDeadlineSeconds';
  const [seconds, old] = [now.activeDeadlineSeconds, before.activeDeadlineSeconds];
  if (seconds === undefined) {
    if (old === undefined) return { errors: [], stop: false };
    return { errors: [invalid(field, null, 'must not update from a positive integer to nil value')], stop: false };
  }
  if (seconds < 0 || seconds > MAX_INT32)
    return { errors: [invalid(field, seconds, rangeMessage(0, MAX_INT32))], stop: true };
  if (old !== undefined && old < seconds) {
    return { errors: [invalid(field, seconds, 'must be less than or equal to previous value')], stop: true };
  }
  return { errors: [], stop: false };
}

function tolerationErrors(now: readonly Toleration[], before: readonly Toleration[]): FieldError[] {
  const sameButSeconds = (a: Toleration, b: Toleration): boolean =>
    deepEqual({ ...a, tolerationSeconds: undefined }, { ...b, tolerationSeconds: undefined });
  const lost = before.some((old) => !now.some((toleration) => sameButSeconds(old, toleration)));
  if (lost)
    return [forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')];
  return validateTolerations(now, 'spec.tolerations');
}

function gateErrors(now: PodSpec, before: PodSpec): FieldError[] {
  const known = new Set((before.schedulingGates ?? []).map(({ name }) => name));
  return (now.schedulingGates ?? []).flatMap(({ name }, index) => {
    if (known.has(name)) return [];
    const why = `only deletion is allowed, but found new scheduling gate '${name}'`;
    return [forbidden(`spec.schedulingGates[${index}].name`, why)];
  });
}

/** The new spec with every change that is allowed taken back: what still differs is not allowed. */
function withAllowedChangesUndone(now: PodSpec, before: PodSpec): PodSpec {
  const oldImages = (containers: readonly Container[], old: readonly Container[]): Container[] =>
    containers.map((container, index) => ({ ...container, image: old[index]?.image }));
  const rest: PodSpec = {
    ...now,
    containers: oldImages(now.containers, before.containers),
    activeDeadlineSeconds: before.activeDeadlineSeconds,
    schedulingGates: before.schedulingGates,
    tolerations: before.tolerations,
  };
  if (now.initContainers) rest.initContainers = oldImages(now.initContainers, before.initContainers ?? []);
  if ((before.terminationGracePeriodSeconds ?? 0) < 0 && now.terminationGracePeriodSeconds === 1) {
    rest.terminationGracePeriodSeconds = before.terminationGracePeriodSeconds;
  }
  return rest;
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

/** Node selector and node affinity of a gated pod may become narrower; undoes what is right in `rest`. */
function gatedErrors(rest: PodSpec, before: PodSpec): FieldError[] {
  const errors: FieldError[] = [];
  if (!deepEqual(rest.nodeSelector, before.nodeSelector)) {
    const lost = Object.entries(before.nodeSelector ?? {}).some(([key, value]) => rest.nodeSelector?.[key] !== value);
    if (lost) {
      const why = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
      errors.push(invalid('spec.nodeSelector', rest.nodeSelector ?? null, why));
    }
    rest.nodeSelector = before.nodeSelector;
  }
  const now = rest.affinity?.nodeAffinity;
  const old = before.affinity?.nodeAffinity;
  if (deepEqual(now, old)) return errors;
  errors.push(...nodeAffinityErrors(now?.[REQUIRED]?.nodeSelectorTerms, old?.[REQUIRED]?.nodeSelectorTerms));
  const affinity: Affinity = { ...rest.affinity, nodeAffinity: old };
  rest.affinity =
    before.affinity === undefined && !affinity.podAffinity && !affinity.podAntiAffinity ? undefined : affinity;
  return errors;
}

function nodeAffinityErrors(
  now: readonly NodeSelectorTerm[] | undefined,
  old: readonly NodeSelectorTerm[] | undefined,
): FieldError[] {
  if (!old) return [];
  const field = `spec.affinity.nodeAffinity.${REQUIRED}.nodeSelectorTerms`;
  if (old.length !== (now ?? []).length) {
    return [invalid(field, now ?? null, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed')];
  }
  return old.flatMap((term, index) => {
    const kept = <T>(before: readonly T[] | undefined, after: readonly T[] | undefined): boolean =>
      (before ?? []).every((item, i) => deepEqual(item, after?.[i]));
    const narrowed = now![index]!;
    const ok = kept(term.matchExpressions, narrowed.matchExpressions) && kept(term.matchFields, narrowed.matchFields);
    if (ok) return [];
    const why = 'only additions are allowed (no mutations or deletions)';
    return [invalid(`${field}[${index}]`, narrowed, why)];
  });
}
