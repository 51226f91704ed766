import type { Container, Pod, ServiceAccount, Volume } from '@kubarium/shared';
import { forbidden, isNotFound, PODS, SERVICE_ACCOUNTS, sleep } from '@kubarium/shared';
import type { Registry } from '../registry/registry.ts';
import type { RequestContext } from '../registry/strategy.ts';
import type { AdmissionPlugin } from './admission.ts';

const DEFAULT_NAME = 'default';
const VOLUME_PREFIX = 'kube-api-access-';
const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
/** An hour and a few seconds: by this number the API server knows tokens that it mounted itself. */
const TOKEN_SECONDS = 3607;
const FILE_MODE = 0o644;
/** A new namespace's default account is a moment late. */
const TRIES = 10;
const RETRY_MS = 100;

/**
 * Gives each new pod a service account (`default` where it names none), which must exist, the account's pull secrets, and, unless
 * told not to, the account's token in a volume (docs: "Managing Service Accounts: ServiceAccount admission controller").
 */
export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  admit(context, { definition, operation, subresource, namespace = '', draft, registry }) {
    const concerned = definition.resource === 'pods' && definition.group === '' && !subresource;
    return concerned && operation === 'create' ? complete(draft as Pod, namespace, context, registry) : undefined;
  },
};

async function complete(pod: Pod, namespace: string, context: RequestContext, registry: Registry): Promise<void> {
  if (pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return refuseSecrets(pod);
  const name = (pod.spec.serviceAccountName ||= DEFAULT_NAME);
  pod.spec.serviceAccount = name;
  const account = await accountNamed(namespace, name, context, registry);
  if (account === undefined) {
    const why = `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`;
    throw forbidden(PODS, pod.metadata.name ?? '', why);
  }
  if (pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) mountToken(pod, context);
  if ((pod.spec.imagePullSecrets ?? []).length === 0 && account.imagePullSecrets) {
    pod.spec.imagePullSecrets = account.imagePullSecrets.map((reference) => ({ ...reference }));
  }
}

/** A mirror pod stands for one that the kubelet started by itself: it has no account and no secrets. */
function refuseSecrets({ spec, metadata }: Pod): void {
  if (spec.serviceAccountName) throw forbidden(PODS, metadata.name, 'a mirror pod may not reference service accounts');
}

async function accountNamed(
  namespace: string,
  name: string,
  context: RequestContext,
  registry: Registry,
): Promise<ServiceAccount | undefined> {
  const { group, version, resource } = SERVICE_ACCOUNTS;
  const accounts = registry.resource(group, version, resource)!;
  const tries = name === DEFAULT_NAME ? TRIES : 1;
  for (let attempt = 1; ; attempt++) {
    try {
      return (await accounts.get(context, { namespace, name })).value as ServiceAccount;
    } catch (error) {
      if (!isNotFound(error)) throw error;
      if (attempt === tries) return undefined;
      await sleep(context.runtime.clock, RETRY_MS);
    }
  }
}

function mountToken({ spec }: Pod, { runtime }: RequestContext): void {
  const existing = (spec.volumes ?? []).find((volume) => volume.name.startsWith(VOLUME_PREFIX));
  const name = existing?.name ?? `${VOLUME_PREFIX}${runtime.random.suffix(5)}`;
  const without = [...(spec.initContainers ?? []), ...(spec.containers ?? [])].filter(
    (container) => !hasMount(container),
  );
  for (const container of without) {
    container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath: MOUNT_PATH }];
  }
  if (existing === undefined && without.length > 0) spec.volumes = [...(spec.volumes ?? []), tokenVolume(name)];
}

const hasMount = ({ volumeMounts = [] }: Container): boolean =>
  volumeMounts.some(({ mountPath }) => mountPath === MOUNT_PATH);

/** One for all pods, as parts of stored objects may be: nothing of it is ever changed. */
const TOKEN_PROJECTION: Volume['projected'] = {
  defaultMode: FILE_MODE,
  sources: [
    { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: {
        items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
      },
    },
  ],
};

const tokenVolume = (name: string): Volume => ({ name, projected: TOKEN_PROJECTION });
