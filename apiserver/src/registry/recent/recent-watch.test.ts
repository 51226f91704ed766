import { seededRandom, silentLogger, realClock, type ApiObject } from '@kubarium/shared';
import { expect, it } from 'vitest';
import { reviewDefinition } from '../../endpoints/review-resource.ts';
import { testServer } from '../../endpoints/testing/test-server.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { RecentLane } from './recent-lane.ts';
import { RecentObjects } from './recent-objects.ts';

const NOTES: ResourceDefinition = {
  ...reviewDefinition({ group: 'test', version: 'v1', resource: 'notes', kind: 'Note', namespaced: true, schema: '' }),
  verbs: ['create', 'get', 'list', 'watch'],
  fieldSelectors: ['metadata.name', 'metadata.namespace'],
  columns: [{ name: 'Name', type: 'string', format: 'name', priority: 0 }],
  strategy: { tableCells: ({ metadata }) => [metadata.name] },
};
const NOTES_PATH = '/apis/test/v1/namespaces/default/notes';

async function fixture() {
  const runtime = { clock: realClock, random: seededRandom(1), logger: silentLogger };
  const reads = new RecentObjects({ definition: NOTES, runtime });
  const lane = new RecentLane('notes', { objects: 10, characters: 1_000_000 });
  const api = await testServer({ runtime, reviews: [{ definition: NOTES, reads, review: async (_, draft) => draft }] });
  const add = (name: string, text = ''): void =>
    reads.add(lane, {
      kind: 'Note',
      apiVersion: 'test/v1',
      metadata: { name, namespace: 'default' },
      text,
    } as unknown as ApiObject);
  return { api, add };
}

it('is served, and discovery says how', async () => {
  const { api, add } = await fixture();
  await using _api = api;
  add('a');
  expect((await api.ask('GET', NOTES_PATH)).body).toMatchObject({
    kind: 'NoteList',
    metadata: { resourceVersion: '1' },
    items: [{ metadata: { name: 'a' } }],
  });
  expect((await api.ask('GET', '/apis/test/v1/notes')).code).toBe(200);
  expect((await api.ask('GET', `${NOTES_PATH}/a`)).body).toMatchObject({ kind: 'Note', metadata: { name: 'a' } });
  const table = await api.ask('GET', NOTES_PATH, {
    headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
  });
  expect(table.body).toMatchObject({ kind: 'Table', columnDefinitions: [{ name: 'Name' }], rows: [{ cells: ['a'] }] });
  expect((await api.ask('GET', `${NOTES_PATH}/b`)).code).toBe(404);
  expect((await api.ask('GET', `${NOTES_PATH}/a/status`)).code).toBe(404);
  expect((await api.ask('DELETE', `${NOTES_PATH}/a`)).code).toBe(405);
  expect((await api.ask('GET', NOTES_PATH, { token: null })).code).toBe(403);
  const [resource] = (await api.ask('GET', '/apis/test/v1')).body['resources'] as object[];
  expect(resource).toMatchObject({ name: 'notes', verbs: ['create', 'get', 'list', 'watch'] });
  expect(resource).not.toHaveProperty('storageVersionHash');
});

it('is told that it was too slow, and no more, where it does not read what it watches', async () => {
  const { api, add } = await fixture();
  await using _api = api;
  const watch = await api.open('GET', `${NOTES_PATH}?watch=true&resourceVersion=0`);
  watch.pause();
  const ADDED = 400;
  const text = 'x'.repeat(100_000);
  for (let n = 0; n < ADDED; n++) {
    add(`note-${n}`, text);
    await new Promise((turn) => setImmediate(turn));
  }
  let received = '';
  for await (const chunk of watch.setEncoding('utf8')) received += chunk;
  const lines = received
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; object: { code?: number } });
  expect(lines.at(-1)).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
  expect(lines.length).toBeLessThan(ADDED);
});
