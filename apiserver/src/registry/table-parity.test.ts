import { readFileSync } from 'node:fs';
import type { ApiObject } from '@kubarium/shared';
import { seededRandom, silentLogger, VirtualClock } from '@kubarium/shared';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import type { JsonObject } from '../../scripts/kind-cases.ts';
import type { TableRows } from '../../scripts/table-rows.ts';
import { ageless, objectOfRow, rowKey } from '../../scripts/table-rows.ts';
import { decodeObject, decodeTarget } from '../endpoints/decode-object.ts';
import { resourceTable } from './resource-table.ts';
import type { RequestContext } from './strategy.ts';

/** Whether `kubectl get -o wide` shows what the real server's cells show: test-data/tables/rows.yaml and rows.recorded.json. */

const folder = new URL('../../test-data/tables/', import.meta.url);
const entries = parse(readFileSync(new URL('rows.yaml', folder), 'utf8')) as TableRows[];
const recorded = JSON.parse(readFileSync(new URL('rows.recorded.json', folder), 'utf8')) as Record<string, unknown[]>;

const clock = new VirtualClock(Date.UTC(2026, 5, 1));
const runtime = { clock, random: seededRandom(1), logger: silentLogger };
const context: RequestContext = { user: { name: 'admin', groups: [] }, runtime, dryRun: false };
const table = resourceTable({
  runtime,
  tokenIssuer: { issue: () => ({ token: '', expirationTimestamp: '', audiences: [] }) },
});

const decoded = (group: string, version: string, kind: string, value: JsonObject): ApiObject =>
  decodeObject(decodeTarget(group, version, kind)!, Buffer.from(JSON.stringify(value)), 'application/json').object;

const rows = entries.flatMap((entry) => entry.rows.map((row) => ({ key: rowKey(entry, row), entry, row })));

it.each(rows)('prints what the real server prints for $key', ({ key, entry, row }) => {
  const [, group = '', version, resource] = /^\/(?:api|apis\/([^/]+))\/([^/]+)\/.*?([^/]+)$/.exec(entry.path)!;
  const definition = table.find((candidate) => candidate.resource === resource && candidate.group === group)!;
  const { strategy, kind } = definition;
  const object = decoded(group, version!, kind, objectOfRow(entry, row));
  object.metadata.creationTimestamp = '2026-05-01T00:00:00Z';
  strategy.defaults?.(object);
  strategy.prepareForCreate?.(object, context);
  if (row.status !== undefined) {
    const { status } = object as { status?: object };
    Object.assign(object, { status: { ...status, ...row.status } });
  }
  expect(ageless(strategy.tableCells!(object, clock.now()))).toEqual(recorded[key]);
});
