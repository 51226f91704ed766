import type { ExplanationStatus } from './explanation-resource.ts';
import type { PodFacts } from './facts.ts';
import { podTrouble } from './pod-trouble.ts';

/** Why a pod is not ready, or that it is. */
export function explainPod(facts: PodFacts): ExplanationStatus {
  const { metadata, spec, status } = facts.pod;
  const trouble = podTrouble(facts);
  const name = `pod ${metadata.namespace}/${metadata.name}`;
  const where = `on ${spec.nodeName ?? 'no node'}${status.podIP === undefined ? '' : `, address ${status.podIP}`}`;
  if (trouble === undefined) {
    return {
      verdict: 'Routes',
      message: `${name} is ready`,
      steps: [{ question: 'Is it ready?', answer: `yes, ${where}`, ok: true }],
    };
  }
  return {
    verdict: 'Fails',
    message: `${name} ${trouble.message}`,
    cause: trouble.kind,
    evidence: trouble.evidence,
    fix: trouble.fix,
    steps: [{ question: 'Is it ready?', answer: trouble.message, ok: false }],
  };
}
