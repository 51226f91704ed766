/**
 * The cases of test-data/kinds/KIND.yaml: what is sent to the API server, and by which test and recorder alike.
 *
 *     path: /api/v1/namespaces/default/pods
 *     base: {...}                 the object that cases start from; its name is the case's own
 *     cases:
 *       - name: ...
 *         merge: {...}            JSON merge patch on the base: the object to create
 *         container: {...}        the same on spec.containers[0]
 *         update: {...}           the base is created first; a merge patch on what came of it: the object to put
 *         updateContainer: {...}
 */
export interface KindCases {
  readonly path: string;
  readonly base: JsonObject;
  /** True where a dry run would not tell: objects are then stored, and deleted again. */
  readonly stored?: boolean;
  readonly cases: readonly KindCase[];
}

export interface KindCase {
  readonly name: string;
  readonly merge?: JsonObject;
  readonly container?: JsonObject;
  readonly update?: JsonObject;
  readonly updateContainer?: JsonObject;
}

export type JsonObject = { [key: string]: unknown };

/** What the real server answered: the object as written, or the causes of the refusal, and its warnings. */
export interface Recorded {
  readonly object?: JsonObject;
  readonly message?: string;
  readonly causes?: readonly unknown[];
  readonly warnings?: readonly string[];
}

export const objectToCreate = ({ base }: KindCases, { merge = {}, container }: KindCase): JsonObject =>
  withContainer(mergePatch(base, merge) as JsonObject, container);

export const objectToPut = (current: JsonObject, { update = {}, updateContainer }: KindCase): JsonObject =>
  withContainer(mergePatch(current, update) as JsonObject, updateContainer);

export const isUpdate = ({ update, updateContainer }: KindCase): boolean =>
  update !== undefined || updateContainer !== undefined;

function withContainer(object: JsonObject, patch: JsonObject | undefined): JsonObject {
  if (patch === undefined) return object;
  const spec = podSpec(object);
  const [first, ...others] = spec['containers'] as JsonObject[];
  spec['containers'] = [mergePatch(first, patch), ...others];
  return object;
}

function podSpec(object: JsonObject): JsonObject {
  const spec = object['spec'] as JsonObject;
  const template = spec['template'] as JsonObject | undefined;
  return template === undefined ? spec : (template['spec'] as JsonObject);
}

function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const isObject = typeof target === 'object' && target !== null && !Array.isArray(target);
  const merged: JsonObject = isObject ? structuredClone(target as JsonObject) : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

/** An answer without what differs from run to run: identity, times, field ownership, and what pools chose. */
export function comparable(object: JsonObject, sent: JsonObject): JsonObject {
  const copy = structuredClone(object);
  const metadata = copy['metadata'] as JsonObject;
  for (const key of ['uid', 'resourceVersion', 'creationTimestamp', 'managedFields']) delete metadata[key];
  const { conditions = [] } = (copy['status'] ?? {}) as { conditions?: JsonObject[] };
  for (const condition of conditions) delete condition['lastTransitionTime'];
  // Required lists that are empty: null to the real server, lists to this one (a simplification of the schema's).
  if (copy['kind'] === 'EndpointSlice') for (const key of ['endpoints', 'ports']) copy[key] ??= [];
  if (copy['kind'] === 'Service') hidePoolValues(copy['spec'] as JsonObject, (sent['spec'] ?? {}) as JsonObject);
  return copy;
}

function hidePoolValues(spec: JsonObject, sent: JsonObject): void {
  if (spec['clusterIP'] !== undefined && sent['clusterIP'] === undefined) {
    spec['clusterIP'] = 'ANY';
    spec['clusterIPs'] = ['ANY'];
  }
  if (spec['healthCheckNodePort'] !== undefined && sent['healthCheckNodePort'] === undefined)
    spec['healthCheckNodePort'] = 0;
  const sentPorts = (sent['ports'] ?? []) as JsonObject[];
  for (const [index, port] of ((spec['ports'] ?? []) as JsonObject[]).entries()) {
    if (port['nodePort'] !== undefined && sentPorts[index]?.['nodePort'] === undefined) port['nodePort'] = 0;
  }
}
