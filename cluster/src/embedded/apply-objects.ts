import {
  apiVersionOf,
  deepEqual,
  isAlreadyExists,
  type ApiObject,
  type Draft,
  type KubeClient,
  type Resource,
} from '@kubarium/shared';
import { parseAllDocuments } from 'yaml';

/** An object as a manifest has it. */
export type Manifest = Draft<ApiObject> & { readonly apiVersion: string; readonly kind: string };

/** A manifest that cannot be applied: what is wrong and where. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

type Json = Record<string, unknown>;

/**
 * Brings objects to what manifests say, as `kubectl apply` does: creates what is missing; of what stands, changes what the manifest
 * names and removes what the last one applied here named and this one does not.
 *
 * Simplified: the last manifest is remembered by this object and not in an annotation, and a list that has changed is replaced as a
 * whole; the real one merges lists by their keys.
 */
export class Applier {
  readonly #client: KubeClient;
  readonly #resources: () => readonly Resource[];
  readonly #applied = new Map<string, Json>();

  constructor(client: KubeClient, resources: () => readonly Resource[]) {
    this.#client = client;
    this.#resources = resources;
  }

  /** Applies YAML (any number of documents), an object, a `List` or several, in their order. */
  async apply(manifests: string | object | readonly object[], namespace = 'default'): Promise<ApiObject[]> {
    const results: ApiObject[] = [];
    for (const manifest of readManifests(manifests)) results.push(await this.#applyOne(manifest, namespace));
    return results;
  }

  async #applyOne(manifest: Manifest, defaultNamespace: string): Promise<ApiObject> {
    const resource = this.#resourceOf(manifest);
    const { name } = manifest.metadata;
    const namespace = resource.namespaced ? (manifest.metadata.namespace ?? defaultNamespace) : undefined;
    const draft = structuredClone({ ...manifest, metadata: { ...manifest.metadata, namespace } });
    if (name === undefined) return this.#client.create(resource, draft);
    const key = `${apiVersionOf(resource)}/${resource.resource}/${namespace ?? ''}/${name}`;
    const last = this.#applied.get(key);
    this.#applied.set(key, draft as unknown as Json);
    try {
      return await this.#client.create(resource, draft);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
    const patch = changes(last ?? {}, draft as unknown as Json);
    return this.#client.patch(resource, { namespace, name }, 'application/strategic-merge-patch+json', patch);
  }

  #resourceOf({ apiVersion, kind, metadata }: Manifest): Resource {
    const found = this.#resources().find((resource) => resource.kind === kind && apiVersionOf(resource) === apiVersion);
    if (found !== undefined) return found;
    throw new ManifestError(`${kind} ${metadata.name ?? ''}: no kind "${kind}" is served in version "${apiVersion}"`);
  }
}

/** A strategic merge patch that makes `wanted` of what `last` was applied to. */
function changes(last: Json, wanted: Json): Json {
  const patch: Json = {};
  for (const [name, value] of Object.entries(wanted)) {
    const before = last[name];
    if (isMap(value)) patch[name] = changes(isMap(before) ? before : {}, value);
    else if (!Array.isArray(value) || before === undefined) patch[name] = value;
    else if (!deepEqual(before, value)) patch[name] = value.every(isMap) ? [{ $patch: 'replace' }, ...value] : value;
  }
  for (const name of Object.keys(last)) if (wanted[name] === undefined) patch[name] = null;
  return patch;
}

const isMap = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

function readManifests(manifests: string | object | readonly object[]): Manifest[] {
  const values = typeof manifests === 'string' ? parse(manifests) : Array.isArray(manifests) ? manifests : [manifests];
  return (values as Json[]).flatMap((value, index) => {
    if (isMap(value) && Array.isArray(value['items']) && String(value['kind']).endsWith('List'))
      return readManifests(value['items'] as object[]);
    return [checked(value, index)];
  });
}

function parse(text: string): unknown[] {
  const values: unknown[] = [];
  for (const document of parseAllDocuments(text)) {
    const [error] = document.errors ?? [];
    if (error !== undefined) throw new ManifestError(error.message, { cause: error });
    const value: unknown = document.toJS();
    if (value !== null && value !== undefined) values.push(value);
  }
  return values;
}

function checked(value: unknown, index: number): Manifest {
  const where = `document ${index + 1}`;
  if (!isMap(value)) throw new ManifestError(`${where} is no object`);
  for (const field of ['apiVersion', 'kind']) {
    if (typeof value[field] !== 'string') throw new ManifestError(`${where} has no ${field}`);
  }
  if (!isMap(value['metadata'])) throw new ManifestError(`${where} (${String(value['kind'])}) has no metadata`);
  return value as unknown as Manifest;
}
