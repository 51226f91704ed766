import { reviewDefinition, type ReviewResource } from '@kubarium/apiserver';
import { invalid, isNotFound, PODS, type StatusCause } from '@kubarium/shared';
import { askedOf } from './asked.ts';
import type { ClusterView } from './cluster-view.ts';
import { explainPod } from './explain-pod.ts';
import { explanationOf } from './explain-service.ts';
import {
  EXPLANATIONS,
  type Explanation,
  type ExplanationSpec,
  type ExplanationStatus,
} from './explanation-resource.ts';
import type { Client } from './facts.ts';
import { gatherFacts } from './gather-facts.ts';
import { EXPLANATION_SCHEMA } from './explanation-schema.ts';

/** Answers Explanations out of what the cluster's parts know; nothing is sent on the pod network for it. */
export const explanationReview = (view: ClusterView): ReviewResource => ({
  definition: reviewDefinition({ ...EXPLANATIONS, schema: '', ownSchema: EXPLANATION_SCHEMA }),
  async review(_context, draft) {
    const explanation = draft as Explanation;
    const { spec, metadata } = explanation;
    const causes = problems(spec);
    if (causes.length > 0) throw invalid(EXPLANATIONS, metadata.name ?? '', causes);
    return { ...explanation, status: await explain(view, metadata.namespace ?? 'default', spec) };
  },
});

async function explain(view: ClusterView, namespace: string, spec: ExplanationSpec): Promise<ExplanationStatus> {
  const { client: api, clusterDomain } = view.options;
  if (spec.pod !== undefined) {
    const pod = await api.get(PODS, { namespace, name: spec.pod });
    return explainPod({ pod, node: view.node(pod.spec.nodeName), warnings: await view.warningsAbout(pod) });
  }
  const client = await clientOf(view, namespace, spec.from);
  const asked = askedOf(spec.service!, spec.port, namespace, clusterDomain);
  return explanationOf(await gatherFacts(view, { asked, client, withDns: true }));
}

async function clientOf(view: ClusterView, namespace: string, from: string | undefined): Promise<Client | undefined> {
  if (from === undefined || from === '') return undefined;
  if (from === 'outside') return { kind: 'outside' };
  const [name = '', home = namespace] = from.split('/').toReversed();
  try {
    const pod = await view.options.client.get(PODS, { namespace: home, name });
    return { kind: 'pod', pod, node: view.node(pod.spec.nodeName) };
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const message = `Not found: ${JSON.stringify(from)}: no such pod in namespace ${home}; give a pod, NAMESPACE/POD, or outside`;
    throw invalid(EXPLANATIONS, '', [{ reason: 'FieldValueNotFound', message, field: 'spec.from' }]);
  }
}

function problems(spec: ExplanationSpec | undefined): StatusCause[] {
  const given = (['service', 'pod'] as const).filter(
    (field) => typeof spec?.[field] === 'string' && spec[field] !== '',
  );
  if (given.length !== 1) {
    return [{ reason: 'FieldValueRequired', message: 'Required value: exactly one of service and pod', field: 'spec' }];
  }
  if (spec?.port !== undefined && !/^[a-z0-9-]+(\/(tcp|udp))?$/i.test(spec.port)) {
    const message = `Invalid value: ${JSON.stringify(spec.port)}: must be a port's number or name, with /UDP where it is not TCP`;
    return [{ reason: 'FieldValueInvalid', message, field: 'spec.port' }];
  }
  return [];
}
