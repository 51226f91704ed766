import type { Random } from '@kubarium/shared';
import type { ApiConnection, Reply } from '../support/api-connection.ts';
import { COLLECTIONS, MARKER, type Collection, type FoundObject } from './collection.ts';
import type { Ledger } from './ledger.ts';

/** An acknowledged write that is to be found in the history of its collection. */
export interface Acknowledged {
  readonly collection: Collection;
  readonly revision: number;
}

interface Write {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly type?: string;
}

/**
 * One client that writes its own objects at random, one write after the other, until its connection fails; what it was told goes into
 * the ledger. Resolves then; rejects on an answer that no write of its kind may get.
 */
export async function writeUntilCutOff(
  api: ApiConnection,
  writer: number,
  { random, ledger, marker, onAcknowledged }: LoadOptions,
): Promise<void> {
  for (;;) {
    const collection = COLLECTIONS[random.integer(COLLECTIONS.length)]!;
    const name = `w${writer}-${random.integer(collection.namesPerWriter)}`;
    const path = `${collection.path}/${name}`;
    const next = marker();
    const write = chooseWrite(collection, name, ledger.held(path)?.marker, next, random);
    ledger.begin(path, write.method === 'DELETE' ? undefined : { marker: next });
    let reply: Reply;
    try {
      reply = await (write.body === undefined
        ? api.send(write.method, write.path)
        : api.sendJson(write.method, write.path, write.body, write.type));
    } catch {
      return;
    }
    if (reply.status >= 300) {
      if (!isFair(reply)) throw new Error(`${write.method} ${write.path}: ${reply.status} ${reply.text}`);
      ledger.refused(path);
      continue;
    }
    if (write.method === 'DELETE') {
      ledger.acknowledge(path, undefined);
      continue;
    }
    ledger.acknowledge(path, { marker: next, text: reply.text });
    const { metadata } = JSON.parse(reply.text) as FoundObject;
    onAcknowledged({ collection, revision: Number(metadata.resourceVersion) });
  }
}

export interface LoadOptions {
  readonly random: Random;
  readonly ledger: Ledger;
  /** The next number that no write has carried yet. */
  readonly marker: () => number;
  readonly onAcknowledged: (write: Acknowledged) => void;
}

/** Conflicts with the controllers' own writes, on objects that they write as well. */
const isFair = ({ status }: Reply): boolean => status === 409;

function chooseWrite(
  collection: Collection,
  name: string,
  held: number | undefined,
  marker: number,
  random: Random,
): Write {
  const path = `${collection.path}/${name}`;
  const draft = collection.draft(name, marker);
  if (held === undefined) return { method: 'POST', path: collection.path, body: draft };
  const marks = { [MARKER]: String(marker) };
  const metadata = { labels: marks, annotations: marks };
  switch (random.integer(6)) {
    case 0:
      return { method: 'DELETE', path: `${path}?gracePeriodSeconds=0` };
    case 1:
    case 2:
      // The specification of a pod cannot be replaced: it has been bound by now.
      if (draft.kind !== 'Pod') return { method: 'PUT', path, body: draft };
      return { method: 'PATCH', path, body: { metadata }, type: 'application/merge-patch+json' };
    case 3:
      return { method: 'PATCH', path, body: { metadata }, type: 'application/merge-patch+json' };
    case 4:
      return { method: 'PATCH', path, body: { metadata }, type: 'application/strategic-merge-patch+json' };
    default:
      return {
        method: 'PATCH',
        path,
        body: ['labels', 'annotations'].map((part) => ({
          op: 'replace',
          path: `/metadata/${part}/${MARKER}`,
          value: String(marker),
        })),
        type: 'application/json-patch+json',
      };
  }
}
