import { badRequest } from '@kubarium/shared';

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

/** Throws 400. */
export function decodeContinueToken(text: string): ContinueToken {
  const invalid = (why: string) => badRequest(`invalid continue token: continue key is not valid: ${why}`);
  if (!/^[-\w]*$/.test(text)) {
    throw invalid(`illegal base64 data at input byte ${text.search(/[^-\w]/)}`);
  }
  let token: { v?: unknown; rv?: unknown; start?: unknown } | null;
  try {
    token = JSON.parse(Buffer.from(text, 'base64url').toString()) as typeof token;
  } catch (error) {
    throw invalid((error as Error).message);
  }
  if (token?.v !== VERSION) throw invalid(`server does not recognize this encoded version ${JSON.stringify(token?.v)}`);
  const { rv, start } = token;
  if (!Number.isSafeInteger(rv) || rv === 0)
    throw invalid(`incorrect encoded start resourceVersion (version ${VERSION})`);
  if (typeof start !== 'string' || start.length < 2) throw invalid(`encoded start key empty (version ${VERSION})`);
  return { revision: rv as number, after: start.slice(1).replace(/\0$/, '') };
}
