import type { Pod, Toleration } from '@kubarium/shared';
import type { AdmissionPlugin } from './admission.ts';

/** Parts that all pods share, as stored objects do: nothing of them is ever changed. */
const TOLERATIONS = [tolerationOf('node.kubernetes.io/not-ready'), tolerationOf('node.kubernetes.io/unreachable')];

/** Lets every pod stay for five minutes on a node that is not ready or cannot be reached (DefaultTolerationSeconds). */
export const defaultTolerations: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  admit(_context, { definition, operation, subresource, draft }) {
    if (definition.resource !== 'pods' || definition.group !== '' || subresource || operation === 'delete') return;
    const { spec } = draft as Pod;
    const given = spec.tolerations ?? [];
    const missing = TOLERATIONS.filter((one) => !given.some((toleration) => covers(toleration, one)));
    if (missing.length > 0) spec.tolerations = [...given, ...missing];
  },
};

function tolerationOf(trouble: string): Toleration {
  return { key: trouble, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 };
}

const covers = ({ key, effect }: Toleration, other: Toleration): boolean =>
  (key === other.key || !key) && (effect === 'NoExecute' || !effect);
