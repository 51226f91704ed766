import type { ReplicationController } from '@kubarium/shared';
import { deepEqual } from '@kubarium/shared';
import { defaultPodSpec } from '../pod/defaults.ts';
import { podTemplateWarnings } from '../pod/warnings.ts';
import { age } from '../printing/age.ts';
import { containerCells } from '../printing/container-cells.ts';
import { labelsText } from '../printing/selector-text.ts';
import type { Strategy } from '../strategy.ts';
import { dnsLabelErrors } from '../validation/names.ts';
import { validateReplicationController, validateReplicationControllerStatusChange } from './validation.ts';

/** The meaning of ReplicationControllers. */
export const replicationControllerStrategy: Strategy<ReplicationController> = {
  checksGenerateName: 'never',
  orphansDependents: true,
  defaults(draft) {
    const { spec, metadata } = draft;
    spec.replicas ??= 1;
    const labels = spec.template?.metadata?.labels;
    if (labels !== undefined) {
      if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
      if (Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
    }
    if (spec.template?.spec) defaultPodSpec(spec.template.spec);
  },
  prepareForCreate(draft) {
    draft.status = { replicas: 0 };
  },
  validate: validateReplicationController,
  validateStatusUpdate: validateReplicationControllerStatusChange,
  warnings: (draft, old) => [
    ...(old === undefined ? nameWarnings(draft.metadata.name) : []),
    ...podTemplateWarnings(draft.spec.template, 'spec.template', draft, old),
  ],
  bumpsGeneration: (draft, old) => !deepEqual(draft.spec, old.spec),
  selectableFields: { 'status.replicas': ({ status }) => `${status.replicas ?? 0}` },
  tableCells: ({ metadata, spec, status }, nowMs) => [
    metadata.name,
    spec.replicas ?? 0,
    status.replicas ?? 0,
    status.readyReplicas ?? 0,
    age(metadata.creationTimestamp, nowMs),
    ...containerCells(spec.template),
    labelsText(spec.selector),
  ],
};

function nameWarnings(name: string): string[] {
  const flaws = dnsLabelErrors(name);
  const why =
    'this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended';
  return flaws.length === 0 ? [] : [`metadata.name: ${why}: [${flaws.join(' ')}]`];
}
