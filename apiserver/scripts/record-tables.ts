/**
 * Asks a real API server what it prints for test-data/tables/rows.yaml: record-tables.ts SERVER TOKEN. Writes rows.recorded.json.
 * No controllers may run: they would change what is printed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { JsonObject } from './kind-cases.ts';
import { apiClient } from './api-client.ts';
import type { TableRows } from './table-rows.ts';
import { ageless, objectOfRow, rowKey } from './table-rows.ts';

const [server, token] = process.argv.slice(2) as [string, string];
const folder = new URL('../test-data/tables/', import.meta.url);
const send = apiClient(server, token);
const entries = parse(readFileSync(new URL('rows.yaml', folder), 'utf8')) as TableRows[];

const cells: Record<string, unknown[]> = {};
for (const entry of entries) {
  for (const row of entry.rows) {
    const url = `${entry.path}/row`;
    await send('DELETE', `${url}?gracePeriodSeconds=0&propagationPolicy=Background`);
    const { body } = await send('POST', entry.path, objectOfRow(entry, row));
    if (row.status !== undefined) {
      const status = { ...(body['status'] as JsonObject), ...row.status };
      const answer = await send('PUT', `${url}/status`, { ...body, status });
      if (answer.body['kind'] === 'Status') throw new Error(JSON.stringify(answer.body));
    }
    const table = await send('GET', url, undefined, 'application/json;as=Table;v=v1;g=meta.k8s.io');
    cells[rowKey(entry, row)] = ageless((table.body['rows'] as { cells: unknown[] }[])[0]!.cells);
    await send('DELETE', `${url}?gracePeriodSeconds=0&propagationPolicy=Background`);
  }
}
writeFileSync(new URL('rows.recorded.json', folder), `${JSON.stringify(cells, undefined, 1)}\n`);
