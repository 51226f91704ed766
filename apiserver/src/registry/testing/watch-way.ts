import type { ApiObject, Status } from '@kubarium/shared';
import type { Registry, WatchQuery } from '../registry.ts';
import type { RequestContext } from '../strategy.ts';

/** A client's side of a watch. Calls come in order; after `end` there are none. */
export interface WatchClient {
  event(type: string, object: ApiObject): void;
  /** The watch is over: with a Status where the server has refused it or broken it off. */
  end(status?: Status): void;
}

/** A watch as its client holds it. */
export interface WatchHandle {
  /** Goes away at once, in the midst of an event if need be. Nothing is told any more. */
  drop(): void;
  /** Reads no more until `proceed`. */
  stall(): void;
  proceed(): void;
}

/** One way for clients to read widgets. */
export interface WatchWay {
  list(query: WatchQuery): Promise<{ readonly revision: number; readonly items: readonly ApiObject[] }>;
  watch(query: WatchQuery & { readonly timeoutSeconds?: number }, client: WatchClient): WatchHandle;
}

/** As the parts of one process do it: by calling the registry. Who is called cannot stall, and nothing times out. */
export function inProcess(registry: Registry, context: RequestContext): WatchWay {
  const widgets = registry.resource('example.dev', 'v1', 'widgets')!;
  return {
    async list(query) {
      const { resourceVersion, items } = await widgets.list(context, query);
      return { revision: Number(resourceVersion), items: items.map(({ value }) => value) };
    },
    watch(query, client) {
      const watch = widgets.watch(context, query, {
        events: (batch) => batch.forEach(({ type, value }) => client.event(type, value)),
        error: (status) => client.end(status),
      });
      return { drop: () => watch[Symbol.dispose](), stall() {}, proceed() {} };
    },
  };
}
