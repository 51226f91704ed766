import { DECISION_TREE } from './decision-tree.ts';
import type { ExplanationStatus, ExplanationStep } from './explanation-resource.ts';
import { portText, serviceText, type Facts } from './facts.ts';
import type { Finding } from './finding.ts';
import { pathOf } from './path-of.ts';

/** Goes the way of a request by what is known; stops at the first thing that fails it. A partial finding waits for a whole one. */
export function explainService(facts: Facts): {
  readonly finding: Finding | undefined;
  readonly steps: readonly ExplanationStep[];
} {
  const steps: ExplanationStep[] = [];
  let partial: Finding | undefined;
  for (const { question, causes, answer, applies } of DECISION_TREE) {
    if (applies?.(facts) === false) continue;
    const found = causes.map((cause) => cause(facts)).filter((finding) => finding !== undefined);
    const finding = found.find(({ isPartial }) => isPartial !== true);
    partial ??= found[0];
    const shown = finding ?? found[0];
    steps.push({ question, answer: shown?.message ?? answer(facts), ok: shown === undefined });
    if (finding !== undefined) return { finding, steps };
  }
  return { finding: partial, steps };
}

/** The explanation of each of the Service's ports in one: that of the first port that fails, else of one that is degraded. */
export function explanationOf(ports: readonly Facts[]): ExplanationStatus {
  const all = ports.map((facts) => ({ facts, ...explainService(facts) }));
  const fails = all.find(({ finding }) => finding !== undefined && finding.isPartial !== true);
  const shown = fails ?? all.find(({ finding }) => finding !== undefined) ?? all[0]!;
  const { facts, finding, steps } = shown;
  const name = serviceText(facts);
  const path = all
    .filter((one) => one.finding === undefined || one.finding.isPartial)
    .flatMap((one) => pathOf(one.facts));
  if (finding === undefined) {
    return {
      verdict: 'Routes',
      message: `${name} routes${facts.client === undefined ? '' : ` from ${clientText(facts)}`}`,
      steps,
      path,
    };
  }
  const which = ports.length > 1 && facts.port !== undefined ? `, port ${portText(facts.port)}` : '';
  const verdict = fails === undefined || path.length > 0 ? 'Degraded' : 'Fails';
  return {
    verdict,
    message: `${name}${which}: ${finding.message}`,
    cause: finding.cause,
    evidence: finding.evidence,
    fix: finding.fix,
    steps,
    ...(path.length > 0 && { path }),
  };
}

const clientText = ({ client }: Facts): string =>
  client?.kind === 'pod' ? `pod ${client.pod.metadata.namespace}/${client.pod.metadata.name}` : 'outside';
