import {
  type KubeClient,
  parseTimestamp,
  type Pod,
  SERVICE_ACCOUNTS,
  type ServiceAccount,
  type ServiceAccountTokenProjection,
  StatusError,
  type TokenRequest,
} from '@kubarium/shared';

import { VolumeError } from './payload.ts';

export interface Token {
  readonly token: string;
  readonly expiresMs: number;
}

const DEFAULT_EXPIRATION_SECONDS = 3600;

/** Asks for a token of the pod's service account, bound to the pod (TokenRequest API). Rejects with VolumeError. */
export async function requestToken(
  client: KubeClient,
  pod: Pod,
  { audience, expirationSeconds = DEFAULT_EXPIRATION_SECONDS }: Omit<ServiceAccountTokenProjection, 'path'>,
): Promise<Token> {
  const { namespace, name, uid } = pod.metadata;
  const account = pod.spec.serviceAccountName ?? 'default';
  try {
    const { status } = await client.create<ServiceAccount, TokenRequest>(
      SERVICE_ACCOUNTS,
      {
        metadata: { namespace, name: account },
        spec: {
          audiences: audience === undefined || audience === '' ? [] : [audience],
          expirationSeconds,
          boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
        },
      },
      { subresource: 'token' },
    );
    return { token: status.token, expiresMs: parseTimestamp(status.expirationTimestamp) };
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    throw new VolumeError(`failed to fetch token: ${error.message}`);
  }
}

/** When a token is to be renewed: after four fifths of its life, at the latest after a day. */
export const renewalMs = (nowMs: number, expiresMs: number): number =>
  Math.min((expiresMs - nowMs) * 0.8, 24 * 3_600_000);
