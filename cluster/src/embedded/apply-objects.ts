import { apiVersionOf, type ApiObject, type Draft, type KubeClient, type Resource } from '@kubarium/shared';
import { parseAllDocuments } from 'yaml';

/** An object as a manifest has it. */
export type Manifest = Draft<ApiObject> & { readonly apiVersion: string; readonly kind: string };

/** A manifest that cannot be applied: what is wrong and where. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

type Json = Record<string, unknown>;

/**
 * Brings objects to what manifests say by server-side apply, as `kubectl apply --server-side` does: creates what is missing; of what
 * stands, changes what the manifest names and removes what the last one named and this one does not.
 */
export class Applier {
  readonly #client: KubeClient;
  readonly #resources: () => readonly Resource[];

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
    if (name === undefined) return this.#client.create(resource, draft, { fieldValidation: 'Strict' });
    return this.#client.patch(resource, { namespace, name }, 'application/apply-patch+yaml', draft, {
      fieldManager: 'kubarium',
      force: true,
    });
  }

  #resourceOf({ apiVersion, kind, metadata }: Manifest): Resource {
    const found = this.#resources().find((resource) => resource.kind === kind && apiVersionOf(resource) === apiVersion);
    if (found !== undefined) return found;
    throw new ManifestError(`${kind} ${metadata.name ?? ''}: no kind "${kind}" is served in version "${apiVersion}"`);
  }
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
