import { labelsText, serviceText, type Facts } from '../facts.ts';
import type { Cause, Finding } from '../finding.ts';
import { nearestMiss } from '../nearest-miss.ts';

/**
 * The selector matches no pod.
 *
 * 1. A Deployment or ReplicaSet would make them, but is scaled to zero: ScaledToZero; or cannot make them: PodsNotMade.
 * 2. Pods of another namespace have the labels: PodsInOtherNamespace.
 * 3. SelectorMatchesNothing, with the pod that comes nearest.
 */
export const noPods: Cause = (facts) => {
  const { service, pods } = facts;
  const selector = service?.spec.selector ?? {};
  if (service === undefined || Object.keys(selector).length === 0 || pods.length > 0) return undefined;
  if (service.spec.type === 'ExternalName') return undefined;
  return ofWorkload(facts) ?? elsewhere(facts, selector) ?? nothing(facts, selector);
};

function ofWorkload(facts: Facts): Finding | undefined {
  // A Deployment says more than the ReplicaSets that it owns.
  const workload = facts.workloads.find(({ kind }) => kind === 'Deployment') ?? facts.workloads[0];
  if (workload === undefined) return undefined;
  const { name, namespace } = workload.metadata;
  const what = `${workload.kind.toLowerCase()}/${name}`;
  if (workload.spec.replicas === 0) {
    return {
      cause: 'ScaledToZero',
      message: `${workload.kind} ${name}, whose pods it selects, is scaled to zero`,
      evidence: [`${namespace}/${what} has replicas: 0`],
      fix: `kubectl scale ${what} -n ${namespace} --replicas=1`,
    };
  }
  const failures = facts.workloads.flatMap(({ status }) =>
    (status.conditions ?? []).flatMap(({ type, status: is, message = '' }) =>
      type === 'ReplicaFailure' && is === 'True' ? [message] : [],
    ),
  );
  return {
    cause: 'PodsNotMade',
    message: `${workload.kind} ${name} should have ${workload.spec.replicas ?? 1} pods and has none`,
    evidence: [...new Set(failures)],
    fix: `See: kubectl describe ${what} -n ${namespace}`,
  };
}

function elsewhere({ service, podsElsewhere }: Facts, selector: Readonly<Record<string, string>>): Finding | undefined {
  if (podsElsewhere.length === 0) return undefined;
  const namespace = podsElsewhere[0]!.metadata.namespace!;
  return {
    cause: 'PodsInOtherNamespace',
    message: `selector ${labelsText(selector)} matches pods of namespace ${namespace}, and a Service selects in its own only`,
    evidence: podsElsewhere
      .slice(0, 3)
      .map(({ metadata }) => `pod ${metadata.namespace}/${metadata.name} has these labels`),
    fix: `Make the Service in namespace ${namespace}, or the pods in ${service!.metadata.namespace}`,
  };
}

function nothing(facts: Facts, selector: Readonly<Record<string, string>>): Finding {
  const { service, otherPods } = facts;
  const { name, namespace } = service!.metadata;
  const miss = nearestMiss(selector, otherPods);
  return {
    cause: 'SelectorMatchesNothing',
    message: `selector ${labelsText(selector)} matches no pod of namespace ${namespace}`,
    evidence:
      miss === undefined
        ? [
            otherPods.length === 0
              ? `namespace ${namespace} has no pods`
              : `none of its ${otherPods.length} pods comes near`,
          ]
        : [`nearest: pod ${namespace}/${miss.pod.metadata.name}: ${miss.differences.join('; ')}`],
    fix:
      miss === undefined
        ? `Run pods with the labels ${labelsText(selector)}, or correct the selector of ${serviceText(facts)}`
        : `kubectl set selector svc/${name} -n ${namespace} ${labelsText(miss.selector)}`,
  };
}
