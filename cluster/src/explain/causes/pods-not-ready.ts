import type { Facts } from '../facts.ts';
import type { Cause } from '../finding.ts';
import { podTrouble, type PodTrouble, type TroubleKind } from '../pod-trouble.ts';

/** The causes by which pods are not ready, the ones first that come first in a pod's life. */
const CAUSES: readonly (readonly [TroubleKind, string])[] = [
  ['Unschedulable', 'Unschedulable'],
  ['ImageNotPulled', 'ImageNotPulled'],
  ['ContainerNotCreated', 'ContainerNotCreated'],
  ['CrashLooping', 'CrashLooping'],
  ['NodeDown', 'NodeDown'],
  ['ProbeFails', 'ProbeFails'],
  ['NotReady', 'PodsNotReady'],
  ['Starting', 'PodsStarting'],
  ['Ended', 'PodsEnded'],
  ['Terminating', 'TerminatingOnly'],
];

/** The Service selects pods, and none of them is ready. */
export const podsNotReady: Cause = (facts) => {
  const { pods, choice } = facts;
  if (pods.length === 0 || choice.candidates.length > 0) return undefined;
  const troubles = troublesOf(facts);
  if (troubles.length < pods.length) return undefined;
  for (const [kind, cause] of CAUSES) {
    const alike = troubles.filter(({ trouble }) => trouble.kind === kind);
    const [first] = alike;
    if (first === undefined) continue;
    return {
      cause,
      message: `no pod is ready: ${alike.length === 1 ? `pod ${first.name}` : `${alike.length} pods, such as ${first.name}:`} ${first.trouble.message}`,
      evidence: [...first.trouble.evidence, ...others(troubles, kind)],
      fix: first.trouble.fix,
    };
  }
  return undefined;
};

function troublesOf({ pods }: Facts): { readonly name: string; readonly trouble: PodTrouble }[] {
  return pods.flatMap((facts) => {
    const trouble = podTrouble(facts);
    return trouble === undefined ? [] : [{ name: facts.pod.metadata.name, trouble }];
  });
}

const others = (
  troubles: readonly { readonly name: string; readonly trouble: PodTrouble }[],
  kind: TroubleKind,
): string[] =>
  troubles
    .filter(({ trouble }) => trouble.kind !== kind)
    .slice(0, 3)
    .map(({ name, trouble }) => `pod ${name} ${trouble.message}`);
