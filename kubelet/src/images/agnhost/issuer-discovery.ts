import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import type { Process } from '../../container/process.ts';
import { complain, write } from '../../container/standard-io.ts';
import { fetchHttp, parseHttpUrl } from '../../shell/http-client.ts';
import type { SubCommand } from './agnhost.ts';

/** Where every pod has the credentials of its ServiceAccount. */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string | readonly string[];
  readonly exp: number;
}

/** What is needed of an issuer's `/.well-known/openid-configuration`. */
interface Discovered {
  readonly issuer: string;
  readonly jwks_uri: string;
}

type Key = JsonWebKey & { readonly kid: string };

/** Why a token is not taken. */
class TokenFlaw extends Error {}

/**
 * `test-service-account-issuer-discovery --token-path F [--audience A]`: checks a ServiceAccount token as somebody does who knows nothing
 * but its issuer (OpenID Connect Discovery 1.0): asks the issuer for its keys, and holds the token's signature, time and audience
 * against them. The issuer is asked as the pod's ServiceAccount, with the cluster's authority; where that fails, as nobody, with the
 * authorities that everybody knows. 0 where the token is good.
 */
export const issuerDiscovery: SubCommand = async (process, flags) => {
  const read = (path: string): string => process.files.readFile(path, process).toString();
  const attempts: readonly (() => Access)[] = [
    () => ({
      tls: { insecure: false, ca: Buffer.from(read(`${SERVICE_ACCOUNT}/ca.crt`)) },
      headers: [['Authorization', `Bearer ${read(`${SERVICE_ACCOUNT}/token`)}`]],
    }),
    () => ({ tls: { insecure: false } }),
  ];
  for (const access of attempts) {
    try {
      const token = read(flags.text('token-path') ?? '').trim();
      const { sub, iss, aud } = await checkToken(process, token, flags.text('audience') ?? '', access());
      await write(process, `token of ${sub}, issued by ${iss} for ${[aud].flat().join(', ')}: valid\n`);
      return 0;
    } catch (error) {
      process.killed.throwIfAborted();
      await complain(process, (error as Error).message);
    }
  }
  return 1;
};

/** What the token says, once all of it has been checked. */
async function checkToken(process: Process, token: string, audience: string, access: Access): Promise<Claims> {
  const claims = partOf<Claims>(token, 1);
  const { iss } = claims;
  const discovered = await document<Discovered>(process, `${iss}/.well-known/openid-configuration`, access);
  if (discovered.issuer !== iss) throw new TokenFlaw(`${iss} says that it is ${discovered.issuer}`);
  const { keys } = await document<{ readonly keys: readonly Key[] }>(process, discovered.jwks_uri, access);
  checkSignature(token, keys);
  checkClaims(claims, audience, process.runtime.clock.now());
  return claims;
}

type Access = Pick<NonNullable<Parameters<typeof fetchHttp>[2]>, 'headers' | 'tls'>;

async function document<T>(process: Process, url: string, access: Access): Promise<T> {
  const parsed = parseHttpUrl(url);
  if (parsed === undefined || 'unsupportedScheme' in parsed) throw new TokenFlaw(`${url} is no URL of a web server`);
  const { status, body } = await fetchHttp(process, parsed, access);
  if (status !== 200) throw new TokenFlaw(`${url} answers ${status}: ${body.toString()}`);
  return JSON.parse(body.toString()) as T;
}

/** The header (0) or the payload (1) of a token (RFC 7519). */
function partOf<T>(token: string, index: 0 | 1): T {
  try {
    return JSON.parse(Buffer.from(token.split('.')[index]!, 'base64url').toString()) as T;
  } catch {
    throw new TokenFlaw('the file holds no JSON Web Token');
  }
}

function checkSignature(token: string, keys: readonly Key[]): void {
  const { kid } = partOf<{ readonly kid: string }>(token, 0);
  const key = keys.find((one) => one.kid === kid);
  if (key === undefined) throw new TokenFlaw(`the issuer has no key ${kid}`);
  const [header, payload, signature = ''] = token.split('.');
  const publicKey = createPublicKey({ key, format: 'jwk' });
  const signed = Buffer.from(`${header}.${payload}`);
  // The signatures of ES256 are plain, not in ASN.1 (RFC 7518 §3.4).
  if (!verify('sha256', signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')))
    throw new TokenFlaw('the signature is not the issuer’s');
}

function checkClaims({ aud, exp }: Claims, audience: string, nowMs: number): void {
  if (exp * 1000 <= nowMs) throw new TokenFlaw('the token has expired');
  if (![aud].flat().includes(audience))
    throw new TokenFlaw(`the token is for ${[aud].flat().join(', ')}, not for ${audience}`);
}
