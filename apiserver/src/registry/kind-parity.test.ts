import { readdirSync, readFileSync } from 'node:fs';
import type { ApiObject } from '@kubarium/shared';
import { NAMESPACES, seededRandom, silentLogger, StatusError, VirtualClock } from '@kubarium/shared';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { JsonObject, KindCase, KindCases, Recorded } from '../../scripts/kind-cases.ts';
import { comparable, isUpdate, objectToCreate, objectToPut } from '../../scripts/kind-cases.ts';
import { defaultPlugins } from '../admission/default-plugins.ts';
import { decodeObject, decodeTarget } from '../endpoints/decode-object.ts';
import { objectCodec } from '../storage/object-codec.ts';
import { openSqliteStorage } from '../storage/sqlite-storage.ts';
import type { Rendered } from './registry.ts';
import { RegistryStore } from './store/registry-store.ts';
import { resourceTable } from './resource-table.ts';
import type { RequestContext } from './strategy.ts';

/**
 * Whether each kind gives the answers that the real API server gave: objects as defaulted, causes in order, warnings.
 * Cases: test-data/kinds/KIND.yaml; answers: KIND.recorded.json, made by scripts/record-kinds.ts.
 */

const folder = new URL('../../test-data/kinds/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

const runtime = { clock: new VirtualClock(), random: seededRandom(1), logger: silentLogger };
const context: RequestContext = { user: { name: 'admin', groups: [] }, runtime, dryRun: false };

async function newRegistry(): Promise<RegistryStore> {
  const registry = new RegistryStore({
    storage: openSqliteStorage<ApiObject>({ path: ':memory:', codec: objectCodec }),
    definitions: resourceTable({
      runtime,
      tokenIssuer: { issue: () => ({ token: '', expirationTimestamp: '', audiences: [] }) },
    }),
    runtime,
    applyPatch: () => {
      throw new Error('no patches here');
    },
    // As the recorded server, which has no ServiceAccount plugin.
    admission: defaultPlugins.filter(({ name }) => name !== 'ServiceAccount'),
  });
  await created(registry, '/api/v1/namespaces', { kind: NAMESPACES.kind, metadata: { name: 'default' } }, context);
  const service = { metadata: { name: 'kubernetes' }, spec: { clusterIP: '10.96.0.1', ports: [{ port: 443 }] } };
  await created(registry, '/api/v1/namespaces/default/services', { kind: 'Service', ...service }, context);
  return registry;
}

function resourceAt(registry: RegistryStore, path: string) {
  const match = /^\/(?:api|apis\/([^/]+))\/([^/]+)\/(?:namespaces\/([^/]+)\/)?([^/]+)$/.exec(path)!;
  const [, group = '', version, namespace, resource] = match;
  return { resource: registry.resource(group, version!, resource!)!, namespace };
}

function decoded(registry: RegistryStore, path: string, sent: JsonObject): ApiObject {
  const { group, version, kind } = resourceAt(registry, path).resource.definition;
  return decodeObject(decodeTarget(group, version, kind)!, Buffer.from(JSON.stringify(sent)), 'application/json')
    .object;
}

const created = (registry: RegistryStore, path: string, sent: JsonObject, asked: RequestContext) => {
  const { resource, namespace } = resourceAt(registry, path);
  return resource.create(asked, { namespace }, decoded(registry, path, sent));
};

async function answer(registry: RegistryStore, kind: KindCases, one: KindCase): Promise<Recorded> {
  const sent = objectToCreate(kind, one);
  const { resource, namespace } = resourceAt(registry, kind.path);
  const name = (sent['metadata'] as JsonObject)['name'] as string;
  const warnings: string[] = [];
  const asked = { ...context, dryRun: true, warn: (more: readonly string[]) => void warnings.push(...more) };
  const recorded = ({ text }: Rendered): Recorded => {
    const object = comparable(JSON.parse(text) as JsonObject, sent);
    return warnings.length === 0 ? { object } : { object, warnings };
  };
  try {
    if (!isUpdate(one)) return recorded(await created(registry, kind.path, sent, asked));
    const { value } = await created(registry, kind.path, sent, context);
    try {
      const put = decoded(registry, kind.path, objectToPut(structuredClone(value) as unknown as JsonObject, one));
      return recorded(await resource.update(asked, { namespace, name }, put));
    } finally {
      await resource.delete(context, { namespace, name }, { gracePeriodSeconds: 0, propagationPolicy: 'Background' });
    }
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return { message: error.status.message, causes: error.status.details?.causes ?? [] };
  }
}

/** What the real server shows of its internal forms is its own affair: a message counts up to its first line. */
const firstLine = (text: string | undefined): string | undefined =>
  text?.split('\n')[0]?.replaceAll(/10\.(9[6-9]|1\d\d)\.\d+\.\d+(?="|])/g, 'ANY');

const told = ({ message, causes, ...rest }: Recorded): unknown => ({
  ...rest,
  message: firstLine(message),
  causes: causes?.map((cause) => {
    const { message: text, ...others } = cause as { message: string };
    return { ...others, message: firstLine(text) };
  }),
});

for (const file of readdirSync(folder).filter((entry) => entry.endsWith('.yaml'))) {
  const name = file.replace('.yaml', '');
  const kind = parse(read(file)) as KindCases;
  const answers = JSON.parse(read(`${name}.recorded.json`)) as Record<string, Recorded>;
  const registry = newRegistry();
  describe(`the kind ${name}`, () => {
    it.each(kind.cases)('answers as the real server does: $name', async (one) => {
      const expected = answers[one.name];
      expect(expected).toBeDefined();
      const given = await answer(await registry, kind, one);
      const { deprecation } = resourceAt(await registry, kind.path).resource.definition;
      const warnings = [...(deprecation === undefined ? [] : [deprecation]), ...(given.warnings ?? [])];
      expect({ ...(told(given) as object), warnings }).toEqual({ warnings: [], ...(told(expected!) as object) });
    });
  });
}
