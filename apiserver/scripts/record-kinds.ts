/**
 * Asks a real API server what it makes of the cases in test-data/kinds: record-kinds.ts SERVER TOKEN [KIND...]. Writes
 * KIND.recorded.json beside each KIND.yaml. The server must run without the ServiceAccount admission plugin.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import { apiClient } from './api-client.ts';
import type { Answer } from './api-client.ts';
import type { JsonObject, KindCase, KindCases, Recorded } from './kind-cases.ts';
import { comparable, isUpdate, objectToCreate, objectToPut } from './kind-cases.ts';

const [server, token, ...only] = process.argv.slice(2) as [string, string, ...string[]];
const folder = new URL('../test-data/kinds/', import.meta.url);

const send = apiClient(server, token);

async function record(kind: KindCases, one: KindCase): Promise<Recorded> {
  const sent = objectToCreate(kind, one);
  if (!isUpdate(one) && !kind.stored) return recorded(await send('POST', `${kind.path}?dryRun=All`, sent), sent);
  const name = (sent['metadata'] as JsonObject)['name'] as string;
  await send('DELETE', `${kind.path}/${name}?gracePeriodSeconds=0&propagationPolicy=Background`);
  const created = await send('POST', kind.path, sent);
  if (!isUpdate(one)) {
    await send('DELETE', `${kind.path}/${name}?gracePeriodSeconds=0&propagationPolicy=Background`);
    return recorded(created, sent);
  }
  if (created.body['kind'] === 'Status') throw new Error(`${one.name}: ${JSON.stringify(created.body)}`);
  const put = objectToPut(created.body, one);
  const answer = recorded(await send('PUT', `${kind.path}/${name}?dryRun=All`, put), sent);
  await send('DELETE', `${kind.path}/${name}?gracePeriodSeconds=0&propagationPolicy=Background`);
  return answer;
}

function recorded({ body, warnings }: Answer, sent: JsonObject): Recorded {
  const told = warnings.length === 0 ? {} : { warnings };
  if (body['kind'] !== 'Status') return { object: comparable(body, sent), ...told };
  const details = (body['details'] ?? {}) as JsonObject;
  return { message: body['message'] as string, causes: (details['causes'] ?? []) as unknown[], ...told };
}

for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
  const name = file.replace('.yaml', '');
  if (only.length > 0 && !only.includes(name)) continue;
  const kind = parse(readFileSync(new URL(file, folder), 'utf8')) as KindCases;
  const answers: Record<string, Recorded> = {};
  for (const one of kind.cases) answers[one.name] = await record(kind, one);
  writeFileSync(new URL(`${name}.recorded.json`, folder), `${JSON.stringify(answers, undefined, 1)}\n`);
  process.stdout.write(`${name}: ${kind.cases.length} cases\n`);
}
