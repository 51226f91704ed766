import type { Pod, PodSpec, ServiceAccount } from '@kubarium/shared';
import { notFound, SERVICE_ACCOUNTS, seededRandom, silentLogger, VirtualClock } from '@kubarium/shared';
import { describe, expect, it } from 'vitest';
import type { Registry, ResourceRegistry } from '../registry/registry.ts';
import type { ResourceDefinition } from '../registry/resource-definition.ts';
import type { RequestContext } from '../registry/strategy.ts';
import { defaultPlugins } from './default-plugins.ts';

const clock = new VirtualClock();
const context: RequestContext = {
  user: { name: 'test', groups: [] },
  runtime: { clock, random: seededRandom(1), logger: silentLogger },
  dryRun: false,
};

/** A registry with service accounts only. */
function registryOf(accounts: Partial<ServiceAccount>[]): Registry {
  const registry: Pick<ResourceRegistry, 'get'> = {
    async get(_context, { name }) {
      const value = accounts.find((account) => account.metadata?.name === name);
      if (value === undefined) throw notFound(SERVICE_ACCOUNTS, name);
      return { text: '', value: value as ServiceAccount };
    },
  };
  return {
    resource: (_group, _version, resource) =>
      resource === 'serviceaccounts' ? (registry as ResourceRegistry) : undefined,
    definitions: () => [],
  };
}

const account = (name: string, more: Partial<ServiceAccount> = {}): Partial<ServiceAccount> =>
  ({ ...more, metadata: { name } }) as Partial<ServiceAccount>;

async function admitted(spec: Partial<PodSpec>, accounts = [account('default')], old?: Pod): Promise<PodSpec> {
  const draft = { metadata: { name: 'x' }, spec: { containers: [{ name: 'c' }], ...spec } } as Pod;
  for (const plugin of defaultPlugins) {
    await plugin.admit(context, {
      definition: { group: '', resource: 'pods' } as ResourceDefinition,
      operation: old === undefined ? 'create' : 'update',
      namespace: 'ns',
      draft,
      old,
      registry: registryOf(accounts),
    });
  }
  return draft.spec;
}

describe('pod admission', () => {
  it('completes a bare pod as the real server does', async () => {
    const spec = await admitted({});
    expect(spec).toMatchObject({ serviceAccountName: 'default', serviceAccount: 'default', priority: 0 });
    expect(spec.preemptionPolicy).toBe('PreemptLowerPriority');
    expect(spec.tolerations?.map(({ key, tolerationSeconds }) => [key, tolerationSeconds])).toEqual([
      ['node.kubernetes.io/not-ready', 300],
      ['node.kubernetes.io/unreachable', 300],
    ]);
    const [volume] = spec.volumes!;
    expect(volume?.name).toMatch(/^kube-api-access-[a-z0-9]{5}$/);
    expect(volume?.projected?.sources?.[0]?.serviceAccountToken?.expirationSeconds).toBe(3607);
    expect(spec.containers[0]?.volumeMounts).toEqual([
      { name: volume?.name, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
    ]);
  });

  it.each<[string, Partial<PodSpec>, Partial<ServiceAccount>]>([
    ['the pod does not want it', { automountServiceAccountToken: false }, {}],
    ['the account does not want it', {}, { automountServiceAccountToken: false }],
  ])('mounts no token where %s', async (_case, spec, more) => {
    const { volumes } = await admitted(spec, [account('default', more)]);
    expect(volumes).toBeUndefined();
  });

  it.each<[Partial<PodSpec>, string]>([
    [
      { serviceAccountName: 'nope' },
      'pods "x" is forbidden: error looking up service account ns/nope: serviceaccount "nope" not found',
    ],
    [{ priorityClassName: 'nope' }, 'pods "x" is forbidden: no PriorityClass with name nope was found'],
    [
      { priority: 5 },
      'pods "x" is forbidden: the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
    ],
    [
      { preemptionPolicy: 'Never' },
      'pods "x" is forbidden: the string value of PreemptionPolicy (Never) must not be provided in pod spec; priority admission controller computed PreemptLowerPriority from the given PriorityClass name',
    ],
  ])('refuses %j', async (spec, message) => {
    await expect(admitted(spec)).rejects.toThrow(message);
  });

  it('knows the classes that every cluster has', async () => {
    expect((await admitted({ priorityClassName: 'system-node-critical' })).priority).toBe(2_000_001_000);
  });

  it('waits a second for the default account of a new namespace', async () => {
    const accounts: Partial<ServiceAccount>[] = [];
    const pending = admitted({}, accounts);
    accounts.push(account('default'));
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1000);
    expect((await pending).serviceAccountName).toBe('default');
  });

  it('keeps priority and tolerations on an update that leaves them out', async () => {
    const spec = await admitted({}, [], { spec: { priority: 7 } } as Pod);
    expect(spec.priority).toBe(7);
    expect(spec.tolerations).toHaveLength(2);
    expect(spec.volumes).toBeUndefined();
  });

  it('leaves tolerations that say more than its own', async () => {
    expect((await admitted({ tolerations: [{ operator: 'Exists' }] })).tolerations).toEqual([{ operator: 'Exists' }]);
  });
});
