import { schemas } from './facts.ts';
import { structPlan, type StructPlan, type TypePlan } from './type-plan.ts';

/**
 * Fills in, in place, the static defaults that the recorded schema of a kind declares (`protocol: TCP` of a port and the like).
 * What it declares as the zero value of a type is no default but its shape, and is `conform`'s. Idempotent.
 */
export function applySchemaDefaults(schema: string, object: object): void {
  const plan = structPlan(schema);
  if (plan !== undefined) stepsOf(plan)?.forEach((step) => step(object as Json));
}

type Json = Record<string, unknown>;
type Step = (object: Json) => void;

const compiled = new Map<TypePlan, readonly Step[] | undefined>();

/** What is to be done to an object of a type; undefined where nothing below it has a default, so that it need not be walked. */
function stepsOf(plan: TypePlan): readonly Step[] | undefined {
  if (compiled.has(plan)) return compiled.get(plan);
  // Types that contain themselves hold no defaults.
  compiled.set(plan, undefined);
  const steps = plan.kind === 'struct' ? structSteps(plan) : [];
  const found = steps.length === 0 ? undefined : steps;
  compiled.set(plan, found);
  return found;
}

function structSteps(plan: StructPlan): Step[] {
  const properties = schemas[plan.name]?.properties ?? {};
  return plan.fields.flatMap(({ name, type }): Step[] => {
    const value = properties[name]?.default;
    if ((typeof value === 'string' && value !== '') || (typeof value === 'number' && value !== 0) || value === true) {
      return [
        (object) => {
          if (object[name] === undefined || object[name] === '') object[name] = value;
        },
      ];
    }
    const below = type.kind === 'list' || type.kind === 'map' ? type.element : type;
    const steps = stepsOf(below);
    if (steps === undefined) return [];
    const apply = (member: unknown): void => {
      if (typeof member === 'object' && member !== null) for (const step of steps) step(member as Json);
    };
    return [
      (object) => {
        const member = object[name];
        if (typeof member !== 'object' || member === null) return;
        if (type.kind === 'list') (member as unknown[]).forEach(apply);
        else if (type.kind === 'map') Object.values(member).forEach(apply);
        else apply(member);
      },
    ];
  });
}
