import { isNotFound, NODES, PODS, SECRETS, SERVICE_ACCOUNTS, type Resource, type Runtime } from '@kubarium/shared';
import type { Registry } from '../registry/registry.ts';
import type { User } from '../registry/strategy.ts';
import type { TokenReader } from './bearer-token.ts';
import type { ServiceAccountSigner, SignedClaims } from './service-account-signer.ts';

/** The account that looks up whether what a token is bound to still exists. */
const LOOKUP_USER: User = { name: 'system:apiserver', groups: ['system:masters'] };

/**
 * Reads ServiceAccount tokens: signed JWTs bound to a ServiceAccount and, mostly, a pod (KEP-1205). A token ends with its time, and
 * with whatever it is bound to.
 */
export class ServiceAccountTokens implements TokenReader {
  readonly #signer: ServiceAccountSigner;
  readonly #registry: Registry;
  readonly #runtime: Runtime;

  constructor(signer: ServiceAccountSigner, registry: Registry, runtime: Runtime) {
    this.#signer = signer;
    this.#registry = registry;
    this.#runtime = runtime;
  }

  async userOf(token: string, audiences: readonly string[] = [this.#signer.issuer]): Promise<User | undefined> {
    const claims = this.#signer.verify(token);
    if (claims === undefined || !claims.aud.some((audience) => audiences.includes(audience))) return undefined;
    const { namespace, serviceaccount, pod, secret, node } = claims['kubernetes.io'];
    const holds =
      (await this.#exists(SERVICE_ACCOUNTS, namespace, serviceaccount)) &&
      (pod === undefined || (await this.#exists(PODS, namespace, pod))) &&
      (secret === undefined || (await this.#exists(SECRETS, namespace, secret))) &&
      // A pod's node is only told; a token bound to the node itself ends with it.
      (node === undefined || pod !== undefined || (await this.#exists(NODES, undefined, node)));
    return holds ? userOf(claims) : undefined;
  }

  /** True where the object is there, and is the same one. */
  async #exists(
    resource: Resource,
    namespace: string | undefined,
    bound: { readonly name: string; readonly uid: string },
  ): Promise<boolean> {
    const registry = this.#registry.resource(resource.group, resource.version, resource.resource);
    if (registry === undefined) return false;
    const context = { user: LOOKUP_USER, runtime: this.#runtime, dryRun: false };
    try {
      const { value } = await registry.get(context, { namespace, name: bound.name });
      return value.metadata.uid === bound.uid;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }
}

function userOf({ sub, jti, 'kubernetes.io': { namespace, serviceaccount, pod, node } }: SignedClaims): User {
  const extra: Record<string, readonly string[]> = { 'authentication.kubernetes.io/credential-id': [`JTI=${jti}`] };
  if (node !== undefined) {
    extra['authentication.kubernetes.io/node-name'] = [node.name];
    extra['authentication.kubernetes.io/node-uid'] = [node.uid];
  }
  if (pod !== undefined) {
    extra['authentication.kubernetes.io/pod-name'] = [pod.name];
    extra['authentication.kubernetes.io/pod-uid'] = [pod.uid];
  }
  return {
    name: sub,
    uid: serviceaccount.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    extra,
  };
}
