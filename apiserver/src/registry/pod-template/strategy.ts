import type { PodTemplate, PodTemplateSpec } from '@kubarium/shared';
import { deepEqual } from '@kubarium/shared';
import { defaultPodSpec } from '../pod/defaults.ts';
import { validatePodTemplate } from '../pod/validate-template.ts';
import { podTemplateWarnings } from '../pod/warnings.ts';
import { containerCells } from '../printing/container-cells.ts';
import { labelsText } from '../printing/selector-text.ts';
import type { Strategy } from '../strategy.ts';

const EMPTY: PodTemplateSpec = { metadata: {} } as PodTemplateSpec;

/** The meaning of PodTemplates: nothing but what a template of pods means. */
export const podTemplateStrategy: Strategy<PodTemplate> = {
  checksGenerateName: 'on create',
  returnsDeletedObject: true,
  defaults({ template }) {
    if (template?.spec) defaultPodSpec(template.spec);
  },
  validate: ({ template }) => validatePodTemplate(template ?? EMPTY, 'template'),
  warnings: (draft, old) => podTemplateWarnings(draft.template, 'template', draft, old),
  bumpsGeneration: (draft, old) => !deepEqual(draft.template, old.template),
  tableCells: ({ metadata, template }) => [
    metadata.name,
    ...containerCells(template),
    labelsText(template?.metadata?.labels),
  ],
};
