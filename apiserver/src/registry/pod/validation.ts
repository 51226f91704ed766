import type { Pod } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { forbidden, invalid } from '../validation/field-error.ts';
import { validatePodSpec } from './validate-spec.ts';

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

/** All that is wrong with a pod, new or changed. */
export const validatePod = (pod: Pod): FieldError[] => [
  ...annotationErrors(pod),
  ...validatePodSpec(pod.spec, 'spec', true),
  ...tokenVolumeErrors(pod),
  ...imageSpaceErrors(pod),
];

/** All that is wrong with a new pod beyond that. */
export function validateNewPod({ spec }: Pod): FieldError[] {
  const errors: FieldError[] = [];
  if ((spec.ephemeralContainers ?? []).length > 0) {
    errors.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'));
  }
  if (spec.nodeName && (spec.schedulingGates ?? []).length > 0) {
    errors.push(forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  }
  return errors;
}

function annotationErrors({ metadata, spec }: Pod): FieldError[] {
  const errors: FieldError[] = [];
  const mirror = metadata.annotations?.['kubernetes.io/config.mirror'];
  if (mirror !== undefined && !spec.nodeName) {
    const why = 'must set spec.nodeName if mirror pod annotation is set';
    errors.push(invalid('metadata.annotations[kubernetes.io/config.mirror]', mirror, why));
  }
  const cost = metadata.annotations?.[DELETION_COST];
  if (cost !== undefined && !isInt32(cost)) {
    errors.push(invalid(`metadata.annotations[${DELETION_COST}]`, cost, 'must be a 32bit integer'));
  }
  return errors;
}

const isInt32 = (text: string): boolean =>
  /^(0|-?[1-9]\d{0,9})$/.test(text) && Math.trunc(Number(text)) === (Number(text) | 0);

const imageSpaceErrors = ({ spec }: Pod): FieldError[] =>
  (['containers', 'initContainers'] as const).flatMap((key) =>
    (spec[key] ?? []).flatMap(({ image = '' }, index) =>
      image.trim() === image
        ? []
        : [invalid(`spec.${key}[${index}].image`, image, 'must not have leading or trailing whitespace')],
    ),
  );

function tokenVolumeErrors({ spec }: Pod): FieldError[] {
  if (spec.serviceAccountName) return [];
  return (spec.volumes ?? []).flatMap(({ projected }, index) =>
    (projected?.sources ?? []).flatMap(({ serviceAccountToken }, source) => {
      if (!serviceAccountToken) return [];
      const field = `spec.volumes[${index}].projected.sources[${source}].serviceAccountToken`;
      return [forbidden(field, 'must not be specified when serviceAccountName is not set')];
    }),
  );
}
