import { describe, expect, test } from 'vitest';
import { discoveryFacts, type DiscoveryFact } from '../registry/facts.ts';
import { Discovery, discoveryTag, type DiscoveredResource } from './discovery.ts';
import { wantsAggregated } from './discovery-routes.ts';

const discovered = (fact: DiscoveryFact): DiscoveredResource => ({
  ...fact,
  shortNames: fact.shortNames ?? [],
  categories: fact.categories ?? [],
  subresources: fact.subresources ?? {},
  storagePrefix: fact.resource,
  conversion:
    fact.group === 'events.k8s.io' ? { fromStored: (object) => object, toStored: (object) => object } : undefined,
});
const discovery = new Discovery(discoveryFacts().map(discovered));

interface List {
  readonly resources: readonly { readonly name: string; readonly storageVersionHash?: string }[];
}
const resource = (group: string, version: string, name: string) =>
  (discovery.resources(group, version) as List).resources.find((one) => one.name === name);

describe('plain discovery', () => {
  test('lists the versions of the core group', () => {
    expect(discovery.coreVersions('127.0.0.1:6443')).toEqual({
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1:6443' }],
    });
  });

  test('lists groups in the order in which the real server prefers them, and newer versions first', () => {
    const { groups } = discovery.groups() as { groups: { name: string; versions: { version: string }[] }[] };
    expect(groups.map(({ name }) => name).slice(0, 4)).toEqual([
      'apiregistration.k8s.io',
      'apps',
      'events.k8s.io',
      'authentication.k8s.io',
    ]);
    expect(groups.find(({ name }) => name === 'autoscaling')!.versions.map(({ version }) => version)).toEqual([
      'v2',
      'v1',
    ]);
    expect(discovery.group('apps')).toEqual({
      kind: 'APIGroup',
      apiVersion: 'v1',
      name: 'apps',
      versions: [{ groupVersion: 'apps/v1', version: 'v1' }],
      preferredVersion: { groupVersion: 'apps/v1', version: 'v1' },
    });
    expect(discovery.group('nothing')).toBeUndefined();
    expect(discovery.resources('apps', 'v9')).toBeUndefined();
  });

  // Hashes as the real server gives them.
  test.each([
    ['', 'v1', 'pods', 'xPOwRZ+Yhw8='],
    ['', 'v1', 'events', 'r2yiGXH7wu8='],
    ['events.k8s.io', 'v1', 'events', 'r2yiGXH7wu8='],
    ['apps', 'v1', 'deployments', '8aSe+NMegvE='],
    ['coordination.k8s.io', 'v1', 'leases', 'gqkMMb/YqFM='],
    ['', 'v1', 'bindings', undefined],
    ['', 'v1', 'pods/status', undefined],
  ])('tells the stored version of %s/%s %s', (group, version, name, hash) => {
    expect(resource(group, version, name)?.storageVersionHash).toBe(hash);
  });

  test('shows subresources, with their own kinds', () => {
    expect(resource('', 'v1', 'pods/eviction')).toEqual({
      name: 'pods/eviction',
      singularName: '',
      namespaced: true,
      group: 'policy',
      version: 'v1',
      kind: 'Eviction',
      verbs: ['create'],
    });
  });
});

describe('aggregated discovery', () => {
  test('has everything of a group in one item', () => {
    const { items } = discovery.aggregated('/apis') as {
      items: { metadata: object; versions: { resources: object[] }[] }[];
    };
    const apps = items.find(({ metadata }) => 'name' in metadata && metadata.name === 'apps')!;
    expect(apps.versions).toHaveLength(1);
    expect(apps.versions[0]!.resources).toContainEqual({
      resource: 'deployments',
      responseKind: { group: '', version: '', kind: 'Deployment' },
      scope: 'Namespaced',
      singularResource: 'deployment',
      verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
      shortNames: ['deploy'],
      categories: ['all'],
      subresources: [
        {
          subresource: 'scale',
          responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
          verbs: ['get', 'patch', 'update'],
        },
        {
          subresource: 'status',
          responseKind: { group: '', version: '', kind: 'Deployment' },
          verbs: ['get', 'patch', 'update'],
        },
      ],
    });
    expect(discovery.aggregated('/api')).toMatchObject({
      items: [{ metadata: {}, versions: [{ version: 'v1', freshness: 'Current' }] }],
    });
  });

  test('has a tag that names its content', () => {
    expect(discoveryTag('a')).toMatch(/^[0-9A-F]{128}$/);
    expect(discoveryTag('a')).not.toBe(discoveryTag('b'));
  });

  const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  test.each([
    [undefined, false],
    ['*/*', false],
    ['application/json', false],
    [AGGREGATED, true],
    [`${AGGREGATED},${AGGREGATED.replace('v2', 'v2beta1')},application/json`, true],
    [`${AGGREGATED.replace('v2', 'v2beta1')},application/json`, false],
    [`application/json,${AGGREGATED}`, false],
  ])('is chosen by Accept %s: %s', (accept, expected) => expect(wantsAggregated(accept)).toBe(expected));
});
