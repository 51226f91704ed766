import type { IncomingMessage } from 'node:http';
import { Agent } from 'node:https';
import type { ApiObject, Status } from '@kubarium/shared';
import type { WatchQuery } from '../../registry/registry.ts';
import type { WatchWay } from '../../registry/testing/watch-way.ts';
import type { TestServer } from './test-server.ts';

/** As clients of the network do it: by lists and watches over HTTPS. */
export function overHttps(server: TestServer): WatchWay & Disposable {
  const agent = new Agent({ keepAlive: true, maxCachedSessions: 100 });
  const pathOf = ({ namespace, ...query }: WatchQuery & { watch?: boolean }): string =>
    `/apis/example.dev/v1/namespaces/${namespace}/widgets?${new URLSearchParams(query as Record<string, string>).toString()}`;
  return {
    async list(query) {
      const { text } = await server.ask('GET', pathOf(query), { agent });
      const { metadata, items } = JSON.parse(text) as { metadata: { resourceVersion: string }; items: ApiObject[] };
      return { revision: Number(metadata.resourceVersion), items };
    },
    watch(query, client) {
      const going = new AbortController();
      let response: IncomingMessage | undefined;
      let isStalled = false;
      let isOver = false;
      let rest = '';
      const line = (text: string): void => {
        const { type, object } = JSON.parse(text) as { type: string; object: ApiObject };
        if (type !== 'ERROR') return client.event(type, object);
        isOver = true;
        client.end(object as unknown as Status);
      };
      const read = (chunk: string): void => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop()!;
        for (const one of lines) if (!isOver) line(one);
      };
      server
        .open('GET', pathOf({ ...query, watch: true }), { agent, signal: going.signal })
        .then((opened) => {
          response = opened;
          opened.setEncoding('utf8').on('data', read);
          if (isStalled) opened.pause();
          opened.on('error', () => undefined);
          opened.once('end', () => {
            if (!isOver) client.end();
          });
        })
        .catch((error: unknown) => {
          if (!isOver) throw error;
        });
      return {
        drop() {
          isOver = true;
          // Once all of the answer is there, the connection is already back with the agent.
          if (response?.complete !== true) going.abort();
        },
        stall() {
          isStalled = true;
          response?.pause();
        },
        proceed() {
          isStalled = false;
          response?.resume();
        },
      };
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}
