import { realClock, seededRandom, silentLogger } from '@kubarium/shared';
import { describe, expect, it } from 'vitest';
import { resourceTable } from './resource-table.ts';

const table = resourceTable({
  runtime: { clock: realClock, random: seededRandom(1), logger: silentLogger },
  tokenIssuer: { issue: () => ({ token: 't', expirationTimestamp: '2026-01-01T00:00:00Z', audiences: [] }) },
});

describe('the resource table', () => {
  it('serves each kind with the recorded facts', () => {
    expect(
      table.map(({ resource, group, listKind, storagePrefix }) => `${resource}.${group} ${listKind} ${storagePrefix}`),
    ).toMatchInlineSnapshot(`
      [
        "bindings. BindingList bindings",
        "configmaps. ConfigMapList configmaps",
        "endpoints. EndpointsList endpoints",
        "events. EventList events",
        "namespaces. NamespaceList namespaces",
        "nodes. NodeList nodes",
        "pods. PodList pods",
        "podtemplates. PodTemplateList podtemplates",
        "replicationcontrollers. ReplicationControllerList replicationcontrollers",
        "secrets. SecretList secrets",
        "serviceaccounts. ServiceAccountList serviceaccounts",
        "services. ServiceList services",
        "deployments.apps DeploymentList deployments",
        "replicasets.apps ReplicaSetList replicasets",
        "events.events.k8s.io EventList events",
        "ingressclasses.networking.k8s.io IngressClassList ingressclasses",
        "ingresses.networking.k8s.io IngressList ingresses",
        "ipaddresses.networking.k8s.io IPAddressList ipaddresses",
        "networkpolicies.networking.k8s.io NetworkPolicyList networkpolicies",
        "servicecidrs.networking.k8s.io ServiceCIDRList servicecidrs",
        "leases.coordination.k8s.io LeaseList leases",
        "endpointslices.discovery.k8s.io EndpointSliceList endpointslices",
      ]
    `);
  });

  const stored = table.filter(({ virtual }) => virtual === undefined).map((row) => ({ ...row, name: row.kind }));

  // The real server prints an IPAddress's age, too, for which it has no column.
  it.each(stored)('prints one cell a column for $name', ({ strategy, columns, kind }) => {
    const object = { kind, metadata: { name: 'x' }, spec: { containers: [] }, involvedObject: {}, status: {} };
    expect(strategy.tableCells?.(object as never, 0)).toHaveLength(columns.length + (kind === 'IPAddress' ? 1 : 0));
  });

  it.each(stored)('knows every field that selectors of $name may ask for', ({ strategy, fieldSelectors }) => {
    const known = ['metadata.name', 'metadata.namespace', ...Object.keys(strategy.selectableFields ?? {})];
    expect(known).toEqual(expect.arrayContaining([...fieldSelectors]));
  });

  it('lists only subresources that are served', () => {
    const subresources = table.find(({ resource }) => resource === 'serviceaccounts')?.subresources;
    expect(Object.keys(subresources ?? {})).toEqual(['token']);
  });
});
