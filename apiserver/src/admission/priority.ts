import type { Pod } from '@kubarium/shared';
import { forbidden, isNotFound, PODS } from '@kubarium/shared';
import type { Registry } from '../registry/registry.ts';
import type { RequestContext } from '../registry/strategy.ts';
import type { AdmissionPlugin } from './admission.ts';

type PreemptionPolicy = 'Never' | 'PreemptLowerPriority';

interface Priority {
  readonly value: number;
  readonly preemptionPolicy: PreemptionPolicy;
}

/** The classes that every cluster has. */
const SYSTEM_CLASSES: Readonly<Record<string, Priority>> = {
  'system-cluster-critical': { value: 2_000_000_000, preemptionPolicy: 'PreemptLowerPriority' },
  'system-node-critical': { value: 2_000_001_000, preemptionPolicy: 'PreemptLowerPriority' },
};
const NO_CLASS: Priority = { value: 0, preemptionPolicy: 'PreemptLowerPriority' };

/**
 * Gives each new pod the priority of its class, and keeps it on updates that leave it out.
 * Simplified: a class marked `globalDefault` is not looked for; pods without a class have priority 0.
 */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  admit(context, { definition, operation, subresource, draft, old, registry }) {
    if (definition.resource !== 'pods' || definition.group !== '' || subresource) return undefined;
    if (operation === 'create') return complete(draft as Pod, context, registry);
    if (operation === 'update') keep(draft as Pod, old as Pod);
    return undefined;
  },
};

function keep({ spec }: Pod, { spec: old }: Pod): void {
  spec.priority ??= old.priority;
  spec.preemptionPolicy ??= old.preemptionPolicy;
}

async function complete({ spec, metadata }: Pod, context: RequestContext, registry: Registry): Promise<void> {
  const refuse = (why: string): never => {
    throw forbidden(PODS, metadata.name ?? '', why);
  };
  const computed = spec.priorityClassName ? await classNamed(spec.priorityClassName, context, registry) : NO_CLASS;
  if (computed === undefined) return refuse(`no PriorityClass with name ${spec.priorityClassName} was found`);
  const { value, preemptionPolicy } = computed;
  const rule = (what: string, given: number | string, by: number | string): string =>
    `the ${what} (${given}) must not be provided in pod spec; priority admission controller computed ${by} from the given PriorityClass name`;
  if (spec.priority !== undefined && spec.priority !== value) {
    refuse(rule('integer value of priority', spec.priority, value));
  }
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== preemptionPolicy) {
    refuse(rule('string value of PreemptionPolicy', spec.preemptionPolicy, preemptionPolicy));
  }
  spec.priority = value;
  spec.preemptionPolicy = preemptionPolicy;
}

async function classNamed(name: string, context: RequestContext, registry: Registry): Promise<Priority | undefined> {
  const classes = registry.resource('scheduling.k8s.io', 'v1', 'priorityclasses');
  if (classes === undefined) return SYSTEM_CLASSES[name];
  try {
    const found = (await classes.get(context, { name })).value as unknown as Partial<Priority>;
    return { value: found.value ?? 0, preemptionPolicy: found.preemptionPolicy ?? 'PreemptLowerPriority' };
  } catch (error) {
    if (isNotFound(error)) return SYSTEM_CLASSES[name];
    throw error;
  }
}
