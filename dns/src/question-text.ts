import { decodeQuery } from './decode-query.ts';
import { typeName } from './record.ts';

/** What a message asks, `backend.default.svc.cluster.local A`, for traces; undefined where it is no readable query. */
export function questionText(message: Uint8Array): string | undefined {
  const query = decodeQuery(message);
  return 'malformed' in query ? undefined : `${query.name === '' ? '.' : query.name} ${typeName(query.type)}`;
}
