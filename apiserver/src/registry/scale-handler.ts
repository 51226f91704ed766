import type { ApiObject, LabelSelector, Scale } from '@kubarium/shared';
import { conflict, invalid } from '@kubarium/shared';
import { selectorText } from './printing/selector-text.ts';
import type { SubresourceHandler } from './registry.ts';
import { isOutdated } from './store/resource-version.ts';
import { uidConflict } from './store/write-checks.ts';
import { nonNegativeErrors } from './validation/immutable.ts';
import { validateObjectMeta } from './validation/object-meta.ts';

/** A workload that can be scaled. */
interface Scalable extends ApiObject {
  spec: { replicas?: number | undefined; selector?: LabelSelector | Record<string, string> | undefined };
  status?: { replicas?: number | undefined };
}

const SCALE = { group: 'autoscaling', kind: 'Scale' };

type SelectorText = (workload: Scalable) => string;

/** The `scale` subresource of a workload: its replica count, asked for and seen, and nothing else of it. */
const scaleOfWorkload = (selectorOf: SelectorText): SubresourceHandler => ({
  async get({ context, parent, target }) {
    return scaleOf((await parent.get(context, target)).value as Scalable, selectorOf);
  },

  async update(call, body) {
    const { metadata, spec } = body as Scale;
    const { name } = call.target;
    const { definition } = call.parent;
    const replicas = spec.replicas ?? 0;
    const written = await call.revise((draft, current) => {
      if (metadata.uid && metadata.uid !== current.metadata.uid) {
        throw uidConflict(definition, metadata, current.metadata.uid);
      }
      const errors = [
        ...validateObjectMeta(metadata, undefined, { namespaced: true, strategy: {} }),
        ...nonNegativeErrors(replicas, 'spec.replicas'),
      ];
      if (errors.length > 0) throw invalid(SCALE, name, errors);
      if (isOutdated(metadata.resourceVersion, current.metadata.resourceVersion)) {
        throw conflict(definition, name);
      }
      (draft as Scalable).spec.replicas = replicas;
    });
    return scaleOf(written as Scalable, selectorOf);
  },
});

/** The `scale` of workloads that have a LabelSelector. */
export const scaleHandler = scaleOfWorkload(({ spec }) => selectorText(spec.selector as LabelSelector, ''));

/** The `scale` of ReplicationControllers, whose selector is a set of labels. */
export const mapSelectorScaleHandler = scaleOfWorkload(({ spec }) =>
  selectorText({ matchLabels: spec.selector as Record<string, string> }, ''),
);

function scaleOf(workload: Scalable, selectorOf: SelectorText): Scale {
  const { metadata, spec, status } = workload;
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  const selector = selectorOf(workload);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: spec.replicas ? { replicas: spec.replicas } : {},
    status: { replicas: status?.replicas ?? 0, ...(selector === '' ? {} : { selector }) },
  };
}
