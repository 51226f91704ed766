import { createHash } from 'node:crypto';
import { apiVersionOf } from '@kubarium/shared';
import type { ResourceDefinition, SubresourceDefinition } from '../registry/resource-definition.ts';

/** What discovery shows of a resource. */
export type DiscoveredResource = Pick<
  ResourceDefinition,
  | 'group'
  | 'version'
  | 'resource'
  | 'kind'
  | 'namespaced'
  | 'singular'
  | 'shortNames'
  | 'categories'
  | 'verbs'
  | 'subresources'
  | 'storagePrefix'
  | 'conversion'
>;

/** The order in which the real server lists groups: clients prefer the earlier one for a resource name that several have. */
const GROUP_ORDER = [
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'resource.k8s.io',
  'flowcontrol.apiserver.k8s.io',
];

interface Group {
  readonly name: string;
  /** The preferred one first. */
  readonly versions: readonly { readonly version: string; readonly resources: readonly DiscoveredResource[] }[];
}

/**
 * The discovery documents of a set of resources (kubernetes.io/docs/concepts/overview/kubernetes-api#discovery-api). Pure: ask a
 * new one when the set changes.
 */
export class Discovery {
  readonly #groups: readonly Group[];

  constructor(resources: readonly DiscoveredResource[]) {
    this.#groups = groupsOf(resources);
  }

  /** `/api`. */
  coreVersions(serverAddress: string): object {
    return {
      kind: 'APIVersions',
      versions: this.#versions(''),
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
    };
  }

  /** `/apis`. */
  groups(): object {
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: this.#named().map(groupDocument) };
  }

  /** `/apis/GROUP`; undefined where there is no such group. */
  group(name: string): object | undefined {
    const group = this.#named().find((one) => one.name === name);
    return group && { kind: 'APIGroup', apiVersion: 'v1', ...groupDocument(group) };
  }

  /** `/api/v1`, `/apis/GROUP/VERSION`; undefined where there is none. */
  resources(group: string, version: string): object | undefined {
    const resources = this.#groups
      .find(({ name }) => name === group)
      ?.versions.find((one) => one.version === version)?.resources;
    return (
      resources && {
        kind: 'APIResourceList',
        ...(group === '' ? {} : { apiVersion: 'v1' }),
        groupVersion: apiVersionOf({ group, version }),
        resources: resources.flatMap(resourceDocuments).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      }
    );
  }

  /** `/api` and `/apis` in the aggregated form, all in one document. */
  aggregated(path: '/api' | '/apis'): object {
    const groups = path === '/api' ? this.#groups.filter(({ name }) => name === '') : this.#named();
    return {
      kind: 'APIGroupDiscoveryList',
      apiVersion: 'apidiscovery.k8s.io/v2',
      metadata: {},
      items: groups.map(({ name, versions }) => ({
        metadata: name === '' ? {} : { name },
        versions: versions.map(({ version, resources }) => ({
          version,
          resources: resources.map(aggregatedResource),
          freshness: 'Current',
        })),
      })),
    };
  }

  /** Every path of a group or version. */
  paths(): string[] {
    return this.#groups.flatMap(({ name, versions }) =>
      name === ''
        ? ['/api', ...versions.map(({ version }) => `/api/${version}`)]
        : [`/apis/${name}`, ...versions.map(({ version }) => `/apis/${name}/${version}`)],
    );
  }

  #named(): readonly Group[] {
    return this.#groups.filter(({ name }) => name !== '');
  }

  #versions(group: string): string[] {
    return this.#groups.find(({ name }) => name === group)?.versions.map(({ version }) => version) ?? [];
  }
}

/** The entity tag of an aggregated document's text. */
export const discoveryTag = (text: string): string => createHash('sha512').update(text).digest('hex').toUpperCase();

function groupsOf(resources: readonly DiscoveredResource[]): Group[] {
  const byGroup = Map.groupBy(resources, ({ group }) => group);
  const rank = (name: string): number => (GROUP_ORDER.includes(name) ? GROUP_ORDER.indexOf(name) : GROUP_ORDER.length);
  return [...byGroup]
    .map(([name, all]) => ({
      name,
      versions: [...Map.groupBy(all, ({ version }) => version)]
        .map(([version, some]) => ({ version, resources: some.toSorted((a, b) => (a.resource < b.resource ? -1 : 1)) }))
        .toSorted((a, b) => compareVersions(a.version, b.version)),
    }))
    .toSorted((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1));
}

/** Stable versions before beta before alpha, higher ones first (`v2`, `v1`, `v1beta2`, `v1alpha1`). */
function compareVersions(a: string, b: string): number {
  const rank = (version: string): [stability: number, major: number, minor: number] => {
    const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
    if (match === null) return [3, 0, 0];
    return [match[2] === undefined ? 0 : match[2] === 'beta' ? 1 : 2, -Number(match[1]), -Number(match[3] ?? 0)];
  };
  const [x, y] = [rank(a), rank(b)];
  return x[0] - y[0] || x[1] - y[1] || x[2] - y[2] || (a < b ? -1 : 1);
}

function groupDocument({ name, versions }: Group): object {
  const documents = versions.map(({ version }) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: documents, preferredVersion: documents[0] };
}

function resourceDocuments(of: DiscoveredResource): { readonly name: string }[] {
  const subresources = Object.entries(of.subresources).map(([name, { kind, group, version, verbs }]) => ({
    name: `${of.resource}/${name}`,
    singularName: '',
    namespaced: of.namespaced,
    ...(group === undefined ? {} : { group, version }),
    kind,
    verbs,
  }));
  const resource = {
    name: of.resource,
    singularName: of.singular,
    namespaced: of.namespaced,
    kind: of.kind,
    verbs: of.verbs,
    ...lists(of),
    ...(of.verbs.includes('watch') && of.storagePrefix !== '' ? { storageVersionHash: storageVersionHash(of) } : {}),
  };
  return [resource, ...subresources];
}

const lists = ({ shortNames, categories }: DiscoveredResource): object => ({
  ...(shortNames.length === 0 ? {} : { shortNames }),
  ...(categories.length === 0 ? {} : { categories }),
});

/** Tells clients when the stored version of a kind changes. What has a conversion is stored as the core group's kind. */
function storageVersionHash({ group, version, kind, conversion }: DiscoveredResource): string {
  const stored = conversion === undefined ? `${group}/${version}` : '/v1';
  return createHash('sha256').update(`${stored}/${kind}`).digest().subarray(0, 8).toString('base64');
}

const aggregatedResource = (of: DiscoveredResource): object => ({
  resource: of.resource,
  responseKind: responseKind(of),
  scope: of.namespaced ? 'Namespaced' : 'Cluster',
  singularResource: of.singular,
  verbs: of.verbs,
  ...lists(of),
  ...(Object.keys(of.subresources).length === 0
    ? {}
    : {
        subresources: Object.entries(of.subresources)
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([subresource, definition]) => ({
            subresource,
            responseKind: responseKind(definition),
            verbs: definition.verbs,
          })),
      }),
});

/** Group and version are empty where they are those of the list that the resource stands in. */
const responseKind = (of: DiscoveredResource | SubresourceDefinition): object =>
  'resource' in of
    ? { group: '', version: '', kind: of.kind }
    : { group: of.group ?? '', version: of.version ?? '', kind: of.kind };
