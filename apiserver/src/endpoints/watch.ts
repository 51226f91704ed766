import type { Status } from '@kubarium/shared';
import type { RenderedEvent, WatchReceiver } from '../registry/registry.ts';
import { partialObjectMetadata } from './object-response.ts';
import { listOptions } from './query-options.ts';
import { contextOf, namespaceOf, type ReadCall, type ReadHandler } from './resource-call.ts';
import { includedObject, objectTable } from './table-response.ts';
import { chunkOf, WatchStream } from './watch-stream.ts';

/** How long a watch lasts that did not say: 30 to 60 minutes, so that many do not end at once. */
const MIN_TIMEOUT_SECONDS = 1800;

/** GET with `watch=true`: events as lines of JSON until the timeout, the client's leaving or the server's end. */
export const watch: ReadHandler = async (call) => {
  const { services, reply } = call;
  const { timeoutSeconds, ...query } = listOptions(call.query, true);
  const named = call.info.name === undefined ? undefined : `metadata.name=${call.info.name}`;
  const fieldSelector = [named, query.fieldSelector].filter((part) => part !== undefined).join(',') || undefined;

  let stream: WatchStream | undefined;
  let finished = false;
  const finish = (): void => {
    if (finished) return;
    finished = true;
    services.metrics.watch(call.info, -1);
    timer.cancel();
    services.closing.removeEventListener('abort', finish);
    subscription[Symbol.dispose]();
    stream?.end();
  };
  const toChunks = chunkMaker(call);
  const receiver: WatchReceiver = {
    events(batch) {
      if (stream?.write(toChunks(batch)) === false) finish();
    },
    error(status: Status) {
      stream?.write([chunkOf(`${JSON.stringify({ type: 'ERROR', object: status })}\n`)]);
      finish();
    },
    backlogBytes: () => stream?.backlogBytes ?? 0,
  };
  const subscription = call.resource.watch(
    contextOf(call, false),
    { ...query, fieldSelector, namespace: namespaceOf(call.info) },
    receiver,
  );
  const seconds = timeoutSeconds || MIN_TIMEOUT_SECONDS * (1 + services.watchRandom.fraction());
  const timer = services.runtime.clock.setTimer(Math.max(0, seconds) * 1000, finish);
  services.metrics.watch(call.info, 1);
  stream = new WatchStream(reply.hijack().raw);
  services.closing.addEventListener('abort', finish, { once: true });
  reply.raw.once('close', finish);
  if (services.closing.aborted) finish();
};

/** Makes the bytes of events in the form that the client asked for. */
function chunkMaker(call: ReadCall): (batch: readonly RenderedEvent[]) => readonly Buffer[] {
  const { as } = call.representation;
  if (as === undefined) return (batch) => [call.services.eventLines.batch(batch)];
  // Now, when the client can still be told.
  if (as.kind === 'Table') includedObject(call.query);
  // A bookmark is no whole object: there is nothing to print of it.
  const withoutCells = { ...call, services: { ...call.services, tableCells: () => [] } };
  let withColumns = true;
  const toChunk = (event: RenderedEvent): Buffer => {
    if (event.type === 'BOOKMARK' && as.kind !== 'Table') return call.services.eventLines.chunk(event);
    const object =
      as.kind === 'Table'
        ? objectTable(event.type === 'BOOKMARK' ? withoutCells : call, event, as.version, withColumns)
        : partialObjectMetadata(event.value, as.version);
    withColumns = false;
    return chunkOf(`${JSON.stringify({ type: event.type, object })}\n`);
  };
  return (batch) => batch.map(toChunk);
}
