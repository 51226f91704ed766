import { goTypes, protobufMessages } from '../../registry/schema/facts.ts';
import { structPlan } from '../../registry/schema/type-plan.ts';

/** What stands in a field of a protobuf message, and under which JSON name it goes into the object. */
export interface MessageField {
  readonly name: string;
  readonly label: 'inlined' | 'map' | 'repeated' | 'single';
  readonly type: FieldType;
}

export type FieldType =
  | 'bool'
  | 'bytes'
  | 'double'
  | 'duration'
  | 'fieldsV1'
  | 'int32'
  | 'int64'
  | 'intOrString'
  | 'microTime'
  | 'quantity'
  | 'rawExtension'
  | 'string'
  | 'time'
  | MessagePlan;

/** The fields of a message by number; numbers that are not there are skipped. */
export class MessagePlan {
  readonly name: string;
  #fields: ReadonlyMap<number, MessageField> | undefined;

  constructor(name: string) {
    this.name = name;
  }

  get fields(): ReadonlyMap<number, MessageField> {
    return (this.#fields ??= new Map(messageFields(this.name)));
  }
}

const SPECIAL: Readonly<Record<string, FieldType>> = {
  'k8s.io.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'k8s.io.apimachinery.pkg.apis.meta.v1.Time': 'time',
  'k8s.io.apimachinery.pkg.apis.meta.v1.MicroTime': 'microTime',
  'k8s.io.apimachinery.pkg.apis.meta.v1.Duration': 'duration',
  'k8s.io.apimachinery.pkg.apis.meta.v1.FieldsV1': 'fieldsV1',
  'k8s.io.apimachinery.pkg.runtime.RawExtension': 'rawExtension',
  'k8s.io.apimachinery.pkg.util.intstr.IntOrString': 'intOrString',
};

const SCALARS: ReadonlySet<string> = new Set(['bool', 'bytes', 'double', 'int32', 'int64', 'string']);

const plans = new Map<string, MessagePlan>();

/** The plan for a definition's message (`io.k8s.api.core.v1.Pod`); undefined where it has no protobuf form. */
export function messagePlan(schema: string): MessagePlan | undefined {
  const name = schema.replace(/^io\.k8s\./, 'k8s.io.');
  return protobufMessages()[name] === undefined ? undefined : planByName(name);
}

function planByName(name: string): MessagePlan {
  let plan = plans.get(name);
  if (plan === undefined) plans.set(name, (plan = new MessagePlan(name)));
  return plan;
}

function messageFields(message: string): [number, MessageField][] {
  const schema = message.replace(/^k8s\.io\./, 'io.k8s.');
  // Protobuf names are made of Go names and may differ in case from those of JSON: `aPIGroup`.
  const jsonNames = new Map(structPlan(schema)?.fields.map(({ name }) => [name.toLowerCase(), name]));
  const inlined = new Set(
    goTypes.structs[schema]?.flatMap(([, type, flags]) =>
      flags?.includes('i') === true ? [type.replace(/^io\.k8s\./, 'k8s.io.')] : [],
    ),
  );
  return protobufMessages()[message]!.flatMap(([name, number, typeName, label]): [number, MessageField][] => {
    const type = SPECIAL[typeName] ?? (SCALARS.has(typeName) ? (typeName as FieldType) : planByName(typeName));
    if (inlined.has(typeName) && !jsonNames.has(name.toLowerCase()))
      return [[number, { name, type, label: 'inlined' }]];
    const jsonName = jsonNames.get(name.toLowerCase());
    // The numbers recorded may be newer than the types.
    if (jsonName === undefined && jsonNames.size > 0) return [];
    const kind = label === '' ? 'single' : label === 'repeated' ? 'repeated' : 'map';
    return [[number, { name: jsonName ?? name, type, label: kind }]];
  });
}
