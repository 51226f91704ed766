import type { Pod, Toleration } from '@kubarium/shared';
import type { AdmissionPlugin } from './admission.ts';

const SECONDS = 300;
const NODE_TROUBLES = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** Lets every pod stay for five minutes on a node that is not ready or cannot be reached (DefaultTolerationSeconds). */
export const defaultTolerations: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  admit(_context, { definition, operation, subresource, draft }) {
    if (definition.resource !== 'pods' || definition.group !== '' || subresource || operation === 'delete') return;
    const { spec } = draft as Pod;
    const missing = NODE_TROUBLES.filter(
      (key) => !(spec.tolerations ?? []).some((toleration) => covers(toleration, key)),
    );
    if (missing.length === 0) return;
    const added = missing.map((key): Toleration => ({
      key,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: SECONDS,
    }));
    spec.tolerations = [...(spec.tolerations ?? []), ...added];
  },
};

const covers = ({ key, effect }: Toleration, trouble: string): boolean =>
  (key === trouble || !key) && (effect === 'NoExecute' || !effect);
