import { apiVersionOf, badRequest, unsupportedMediaType, type ApiObject } from '@kubarium/shared';
import { isDeeperThan, MAX_DEPTH } from '../registry/schema/depth.ts';
import { parseYaml } from './decode-yaml.ts';
import { BODY_TYPES, type Decoded, type DecodeTarget } from './decode-object.ts';

/** Reads an object of a kind that has no recorded schema (a review of somebody else's): JSON or YAML, as it stands. */
export function decodePlain(target: Omit<DecodeTarget, 'schema'>, body: Buffer, contentType = ''): Decoded {
  const value = read(body.toString(), contentType);
  if (isDeeperThan(MAX_DEPTH, value)) throw badRequest('error parsing the body: exceeded max depth');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest(`the object provided is unrecognized (must be of type ${target.kind})`);
  }
  const given = withoutNulls(value) as Partial<ApiObject>;
  if (
    (given.kind ?? target.kind) !== target.kind ||
    (given.apiVersion ?? apiVersionOf(target)) !== apiVersionOf(target)
  ) {
    throw badRequest(
      `${textOf(given.kind)} of ${textOf(given.apiVersion)} cannot be handled as a ${target.kind} of ${apiVersionOf(target)}`,
    );
  }
  const metadata = { ...given.metadata } as ApiObject['metadata'];
  return { object: { ...given, kind: target.kind, apiVersion: apiVersionOf(target), metadata }, warnings: [] };
}

/** Null is as good as absent; in a list it stays. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]));
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function read(text: string, contentType: string): unknown {
  const mediaType = contentType.split(';', 1)[0]!.trim();
  if (mediaType !== '' && mediaType !== 'application/json' && mediaType !== 'application/yaml') {
    throw unsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: ${BODY_TYPES.slice(0, 2).join(', ')}`,
    );
  }
  if (mediaType === 'application/yaml') {
    const { error, value } = parseYaml(text);
    if (error === undefined) return value;
    throw badRequest(`error parsing the body: ${error}`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(`error parsing the body: ${(error as Error).message}`);
  }
}
