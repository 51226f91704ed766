import { invariant } from '@kubarium/shared';
import { goTypes } from './facts.ts';

/**
 * What Go would make of a JSON value of some type, compiled from the recorded Go types. A plan says which values fit, what the
 * zero value is and what is left out when the value is written again.
 */
export type TypePlan = ScalarPlan | ListPlan | MapPlan | StructPlan;

export type ScalarKind =
  | 'any'
  | 'bool'
  | 'bytes'
  | 'duration'
  | 'float'
  | 'int32'
  | 'int64'
  | 'intOrString'
  | 'microTime'
  | 'quantity'
  | 'string'
  | 'time';

export interface ScalarPlan {
  readonly kind: ScalarKind;
  /** As the facts spell it; see `goSpelling`. */
  readonly typeName: string;
}

export interface ListPlan {
  readonly kind: 'list';
  readonly typeName: string;
  readonly element: TypePlan;
}

export interface MapPlan {
  readonly kind: 'map';
  readonly typeName: string;
  readonly element: TypePlan;
}

export interface StructPlan {
  readonly kind: 'struct';
  readonly typeName: string;
  /** The name of the Go type alone: `PodSpec`. */
  readonly goName: string;
  /** The name in the facts: `io.k8s.api.core.v1.PodSpec`. */
  readonly name: string;
  /** In Go's order, those of inlined structs in their place. Filled on first use: types may contain themselves. */
  readonly fields: readonly FieldPlan[];
  readonly field: ReadonlyMap<string, FieldPlan>;
  /** The fields that Go writes also where they are absent, with their zero value. */
  readonly alwaysWritten: readonly FieldPlan[];
}

export interface FieldPlan {
  readonly name: string;
  readonly type: TypePlan;
  /** A pointer tells absent from zero. */
  readonly isPointer: boolean;
  /** Left out when empty. */
  readonly omitsEmpty: boolean;
  /** Left out when it is a zero struct. */
  readonly omitsZero: boolean;
  /** The inlined structs that the field comes through, as error messages name them: `['VolumeSource']`. */
  readonly inlinedFrom: readonly string[];
}

const OPAQUE: Readonly<Record<string, ScalarKind>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'microTime',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Duration': 'duration',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'intOrString',
  string: 'string',
  bool: 'bool',
  int: 'int64',
  int32: 'int32',
  int64: 'int64',
  float64: 'float',
  any: 'any',
};

const plans = new Map<string, TypePlan>();

/** The plan of a definition by its name in the facts; undefined where the facts have no struct of that name. */
export function structPlan(name: string): StructPlan | undefined {
  if (goTypes.structs[name] === undefined) return undefined;
  const plan = typePlan(name);
  invariant(plan.kind === 'struct', `${name} is a struct`);
  return plan;
}

function typePlan(type: string): TypePlan {
  let plan = plans.get(type);
  if (plan === undefined) plans.set(type, (plan = makePlan(type)));
  return plan;
}

function makePlan(type: string): TypePlan {
  const underlying = goTypes.named[type] ?? type;
  if (underlying.startsWith('*')) return typePlan(underlying.slice(1));
  if (underlying === '[]uint8') return { kind: 'bytes', typeName: type };
  if (underlying.startsWith('[]')) return { kind: 'list', typeName: type, element: typePlan(underlying.slice(2)) };
  if (underlying.startsWith('map[')) {
    return { kind: 'map', typeName: type, element: typePlan(underlying.slice(underlying.indexOf(']') + 1)) };
  }
  if (goTypes.structs[underlying] !== undefined) return new LazyStruct(underlying, type);
  // What is neither a struct nor known by name takes any JSON: RawExtension, FieldsV1, JSON.
  return { kind: OPAQUE[underlying] ?? 'any', typeName: type };
}

class LazyStruct implements StructPlan {
  readonly kind = 'struct';
  readonly name: string;
  readonly typeName: string;
  readonly goName: string;
  #fields: readonly FieldPlan[] | undefined;
  #field: ReadonlyMap<string, FieldPlan> | undefined;
  #alwaysWritten: readonly FieldPlan[] | undefined;

  constructor(name: string, typeName: string) {
    this.name = name;
    this.typeName = typeName;
    this.goName = name.slice(name.lastIndexOf('.') + 1);
  }

  get fields(): readonly FieldPlan[] {
    return (this.#fields ??= fieldPlans(this.name, []));
  }

  get field(): ReadonlyMap<string, FieldPlan> {
    return (this.#field ??= new Map(this.fields.map((field) => [field.name, field])));
  }

  get alwaysWritten(): readonly FieldPlan[] {
    return (this.#alwaysWritten ??= this.fields.filter(isAlwaysWritten));
  }
}

/**
 * `omitempty` never leaves out a struct, nor what Go takes for one. IntOrString is one too, but its only such field (a Service's
 * targetPort) is defaulted at once, and `undefined` says better than 0 that it is to be.
 */
function isAlwaysWritten({ isPointer, omitsEmpty, omitsZero, type }: FieldPlan): boolean {
  return !omitsEmpty || (!isPointer && !omitsZero && NEVER_EMPTY.has(type.kind));
}

const NEVER_EMPTY: ReadonlySet<TypePlan['kind']> = new Set(['struct', 'time', 'microTime', 'quantity', 'duration']);

function fieldPlans(name: string, inlinedFrom: readonly string[]): FieldPlan[] {
  return goTypes.structs[name]!.flatMap(([field, type, flags = '']) => {
    if (flags.includes('i')) return fieldPlans(type, [...inlinedFrom, type.slice(type.lastIndexOf('.') + 1)]);
    return [
      {
        name: field,
        type: typePlan(type),
        isPointer: type.startsWith('*'),
        omitsEmpty: flags.includes('e'),
        omitsZero: flags.includes('z'),
        inlinedFrom,
      },
    ];
  });
}

/** A type as Go's error messages spell it: `[]v1.Container` for `[]io.k8s.api.core.v1.Container`. */
export const goSpelling = (type: string): string =>
  type
    .replace(/^\*/, '')
    .replace(/\bany\b/g, 'interface {}')
    .replace(/[\w.-]+\.([\w-]+\.\w+)/g, '$1');
