import type { Deployment } from '@kubarium/shared';
import { deepEqual } from '@kubarium/shared';
import { podTemplateWarnings } from '../pod/warnings.ts';
import type { Strategy } from '../strategy.ts';
import { deploymentDefaults } from './defaults.ts';
import { deploymentTableCells } from './table-cells.ts';
import { validateDeployment, validateDeploymentChange, validateDeploymentStatusChange } from './validation.ts';

/** The meaning of Deployments. */
export const deploymentStrategy: Strategy<Deployment> = {
  checksGenerateName: 'on create',
  defaults: deploymentDefaults,
  prepareForCreate(draft) {
    draft.status = {};
  },
  validate: validateDeployment,
  warnings: (draft, old) => podTemplateWarnings(draft.spec.template, 'spec.template', draft, old),
  validateUpdate: validateDeploymentChange,
  validateStatusUpdate: validateDeploymentStatusChange,
  metadataKeptFromStatus: ['labels'],
  /** Annotations count: the deployment controller hands them to its ReplicaSets. */
  bumpsGeneration: (draft, old) =>
    !deepEqual(draft.spec, old.spec) || !deepEqual(draft.metadata.annotations, old.metadata.annotations),
  tableCells: deploymentTableCells,
};
