import { addAbortListener } from 'node:events';
import { TRACES, type Trace } from '@kubarium/cluster';
import type { KubeClient, StatusError, WatchEvent } from '@kubarium/shared';

/** The code of a watch that was cut off because its events were not read in time. */
const EXPIRED = 410;

/**
 * Tells of every new Trace that a field selector fits, until the signal is aborted. Goes on where the server ends a watch in good order,
 * and from now where this program was too slow, of which `tellGap` is told. Rejects where the server is gone.
 */
export async function followTraces(
  client: KubeClient,
  fieldSelector: string,
  { signal, tell, tellGap }: FollowOptions,
): Promise<void> {
  let resourceVersion = await versionNow(client);
  while (!signal.aborted) {
    const ended = await watched(client, { fieldSelector, resourceVersion }, signal, ({ type, object }) => {
      ({ resourceVersion } = object.metadata);
      if (type === 'ADDED' || type === 'MODIFIED') tell(object);
    });
    if (ended === undefined) continue;
    if (ended.status.code !== EXPIRED) throw ended;
    tellGap();
    resourceVersion = await versionNow(client);
  }
}

export interface FollowOptions {
  readonly signal: AbortSignal;
  readonly tell: (trace: Trace) => void;
  readonly tellGap: () => void;
}

/** Nothing of the past: what is kept was there before. */
const versionNow = async (client: KubeClient): Promise<string> =>
  (await client.list(TRACES, { fieldSelector: 'metadata.name=' })).metadata.resourceVersion;

/** Resolves when the watch ends: with why, where it was not in good order. */
async function watched(
  client: KubeClient,
  options: { readonly fieldSelector: string; readonly resourceVersion: string },
  signal: AbortSignal,
  event: (event: WatchEvent<Trace>) => void,
): Promise<StatusError | undefined> {
  const { promise, resolve } = Promise.withResolvers<StatusError | undefined>();
  // Bookmarks keep the version young where the selector fits little.
  const stop = client.watch<Trace>(TRACES, { ...options, allowWatchBookmarks: true }, { event, end: resolve });
  using _aborted = addAbortListener(signal, () => {
    stop();
    resolve(undefined);
  });
  return await promise;
}

/** Aborted by Ctrl-C, by SIGTERM and where nobody reads the output any more. */
export function stopSignal(): { readonly signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  const onError = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') throw error;
    stop();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  process.stdout.on('error', onError);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      process.stdout.off('error', onError);
    },
  };
}
