import type { IngressClass } from '@kubarium/shared';
import { deepEqual } from '@kubarium/shared';
import { age } from '../printing/age.ts';
import type { Strategy } from '../strategy.ts';
import { validateIngressClass } from './validation.ts';

/** The meaning of IngressClasses. */
export const ingressClassStrategy: Strategy<IngressClass> = {
  defaults({ spec }) {
    if (spec.parameters) spec.parameters.scope ??= 'Cluster';
  },
  validate: validateIngressClass,
  bumpsGeneration: (draft, old) => !deepEqual(draft.spec, old.spec),
  tableCells: ({ metadata, spec }, nowMs) => [
    metadata.name,
    spec.controller ?? '',
    parametersText(spec.parameters),
    age(metadata.creationTimestamp, nowMs),
  ],
};

function parametersText(parameters: IngressClass['spec']['parameters']): string {
  if (parameters === undefined) return '<none>';
  const { kind, apiGroup, name } = parameters;
  return `${kind}${apiGroup === undefined ? '' : `.${apiGroup}`}/${name}`;
}
