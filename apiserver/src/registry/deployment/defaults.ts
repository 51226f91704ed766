import type { Deployment } from '@kubarium/shared';
import { defaultPodSpec } from '../pod/defaults.ts';

/** Fills what a Deployment leaves out. */
export function deploymentDefaults({ spec }: Deployment): void {
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
  spec.strategy ??= {};
  spec.strategy.type ||= 'RollingUpdate';
  if (spec.strategy.type === 'RollingUpdate') {
    spec.strategy.rollingUpdate ??= {};
    spec.strategy.rollingUpdate.maxUnavailable ??= '25%';
    spec.strategy.rollingUpdate.maxSurge ??= '25%';
  }
  if (spec.template?.spec) defaultPodSpec(spec.template.spec);
}
