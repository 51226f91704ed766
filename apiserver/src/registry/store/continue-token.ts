import { badRequest, type StatusError } from '@kubarium/shared';
import { jsonType } from '../schema/decode-flaws.ts';
import { JsonSyntaxError, readJsonText } from '../schema/json-text.ts';

/**
 * Where the next page of a list begins: opaque to clients, the same JSON as the real server's in URL-safe base64.
 * Revision -1 is a list that goes on with whatever is there now.
 */
export interface ContinueToken {
  readonly revision: number;
  /** The last key of the page before, relative to the folder that is listed. */
  readonly after: string;
}

const VERSION = 'meta.k8s.io/v1';

export const encodeContinueToken = ({ revision, after }: ContinueToken): string =>
  Buffer.from(JSON.stringify({ v: VERSION, rv: revision, start: `/${after}\0` })).toString('base64url');

/** Throws 400, in the words of Go's decoders. */
export function decodeContinueToken(text: string): ContinueToken {
  const { v = '', rv = 0, start = '' } = tokenIn(text);
  if (v !== VERSION) throw notValid(`server does not recognize this encoded version ${v}`);
  if (rv === 0) throw notValid(`incorrect encoded start resourceVersion (version ${VERSION})`);
  if (start === '') throw notValid(`encoded start key empty (version ${VERSION})`);
  const path = start.startsWith('/') ? start.slice(1) : start;
  if (path !== '' && path.split('/').some((segment) => ['', '.', '..'].includes(segment))) throw notValid(start);
  return { revision: rv, after: path.replace(/\0$/, '') };
}

const notValid = (why: string): StatusError => badRequest(`invalid continue token: continue key is not valid: ${why}`);

interface WireToken {
  readonly v?: string;
  readonly rv?: number;
  readonly start?: string;
}

function tokenIn(text: string): WireToken {
  const flaw = text.search(/[^-\w]/);
  if (flaw !== -1 || text.length % 4 === 1) {
    throw notValid(`illegal base64 data at input byte ${flaw === -1 ? text.length - 1 : flaw}`);
  }
  const json = Buffer.from(text, 'base64url').toString();
  try {
    readJsonText(json);
  } catch (error) {
    throw error instanceof JsonSyntaxError ? notValid(error.message) : error;
  }
  const token = (JSON.parse(json) ?? {}) as unknown;
  if (typeof token !== 'object' || Array.isArray(token)) {
    throw notValid(`json: cannot unmarshal ${jsonType(token)} into Go value of type storage.continueToken`);
  }
  for (const [name, type] of Object.entries({ v: 'string', rv: 'int64', start: 'string' })) {
    const value = (token as Record<string, unknown>)[name] ?? undefined;
    if (value === undefined || (type === 'int64' ? Number.isSafeInteger(value) : typeof value === 'string')) continue;
    const kind = type === 'int64' && typeof value === 'number' ? `number ${value}` : jsonType(value);
    throw notValid(`json: cannot unmarshal ${kind} into Go struct field continueToken.${name} of type ${type}`);
  }
  return Object.fromEntries(Object.entries(token as object).filter(([, value]) => value !== null));
}
