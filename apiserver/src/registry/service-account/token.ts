import type { Node, Pod, Resource, ServiceAccount, TokenRequest } from '@kubarium/shared';
import {
  badRequest,
  conflict,
  invalid as invalidObject,
  isNotFound,
  NODES,
  PODS,
  SECRETS,
  timestamp,
} from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import type { SubresourceCall, SubresourceHandler } from '../registry.ts';
import { invalid } from '../validation/field-error.ts';
import type { BoundObject, TokenIssuer } from './token-issuer.ts';

const TOKEN_REQUEST = { group: 'authentication.k8s.io', kind: 'TokenRequest' };
const HOUR_SECONDS = 3600;
const LEAST_SECONDS = 600;

/** `serviceaccounts/token`: a signed token for a service account, for as long as the object that it is bound to lives. */
export const tokenHandler = (issuer: TokenIssuer): SubresourceHandler => ({
  async create(call, body) {
    const request = body as TokenRequest;
    checkName(request, call);
    const account = (await call.parent.get(call.context, call.target)).value as ServiceAccount;
    checkUid(request, account);
    const expirationSeconds = request.spec.expirationSeconds ?? HOUR_SECONDS;
    const errors = lifetimeErrors(expirationSeconds);
    if (errors.length > 0) throw invalidObject(TOKEN_REQUEST, '', errors);
    const boundObject = await bound(request, call);
    const { name, namespace = '', uid } = account.metadata;
    const issued = await issuer.issue({
      audiences: request.spec.audiences ?? [],
      expirationSeconds,
      serviceAccount: { name, namespace, uid },
      boundObject,
    });
    return {
      ...request,
      metadata: {
        ...request.metadata,
        name,
        namespace,
        uid,
        creationTimestamp: timestamp(call.context.runtime.clock.now()),
      },
      spec: { ...request.spec, audiences: [...issued.audiences], expirationSeconds },
      status: { token: issued.token, expirationTimestamp: issued.expirationTimestamp },
    } as TokenRequest;
  },
});

function checkName({ metadata }: TokenRequest, { target }: SubresourceCall): void {
  if (!metadata.name || metadata.name === target.name) return;
  const why = 'must match the service account name if specified';
  throw invalidObject(TOKEN_REQUEST, target.name, [invalid('metadata.name', metadata.name, why)]);
}

function checkUid({ metadata }: TokenRequest, { metadata: { name, uid } }: ServiceAccount): void {
  if (!metadata.uid || metadata.uid === uid) return;
  const why = `the UID in the token request (${metadata.uid}) does not match the UID of the service account (${uid})`;
  throw conflict({ group: TOKEN_REQUEST.group, resource: TOKEN_REQUEST.kind }, name, why);
}

function lifetimeErrors(seconds: number): FieldError[] {
  const field = 'spec.expirationSeconds';
  if (seconds < LEAST_SECONDS) return [invalid(field, seconds, 'may not specify a duration less than 10 minutes')];
  if (seconds > 2 ** 32) return [invalid(field, seconds, 'may not specify a duration larger than 2^32 seconds')];
  return [];
}

async function bound(request: TokenRequest, call: SubresourceCall): Promise<BoundObject | undefined> {
  const reference = request.spec.boundObjectRef;
  if (!reference) return undefined;
  const { apiVersion = '', kind = '', name = '', uid } = reference;
  const resource = apiVersion === 'v1' ? BINDABLE[kind] : undefined;
  if (resource === undefined) {
    const [version, group] = apiVersion.split('/').toReversed();
    throw badRequest(`cannot bind token to object of type ${group ?? ''}/${version}, Kind=${kind}`);
  }
  const registry = call.registry.resource(resource.group, resource.version, resource.resource)!;
  const namespace = resource.namespaced ? call.target.namespace : undefined;
  const { metadata, ...object } = (await registry.get(call.context, { namespace, name })).value;
  if (kind === 'Pod' && (object as unknown as Pod).spec.serviceAccountName !== call.target.name) {
    throw badRequest(
      `cannot bind token for serviceaccount "${call.target.name}" to pod running with different serviceaccount name.`,
    );
  }
  if (uid && uid !== metadata.uid) {
    const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    throw conflict({ group: '', resource: kind }, name, why);
  }
  const nodeName = kind === 'Pod' ? (object as unknown as Pod).spec.nodeName : undefined;
  const node = nodeName ? { name: nodeName, uid: await nodeUid(nodeName, call) } : undefined;
  return { apiVersion, kind, name, uid: metadata.uid, ...(node === undefined ? {} : { node }) };
}

const BINDABLE: Readonly<Record<string, Resource>> = { Pod: PODS, Node: NODES, Secret: SECRETS };

/** Empty where the node is not known: the token then names it all the same. */
async function nodeUid(name: string, { registry, context }: SubresourceCall): Promise<string> {
  const nodes = registry.resource(NODES.group, NODES.version, NODES.resource)!;
  try {
    return ((await nodes.get(context, { name })).value as Node).metadata.uid;
  } catch (error) {
    if (isNotFound(error)) return '';
    throw error;
  }
}
