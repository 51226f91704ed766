import { Ajv } from 'ajv';
import type { ApiObject, Resource } from '@kubarium/shared';
import { expect, it } from 'vitest';
import { CLOCKS } from './clock/clock-resource.ts';
import { CLOCK_SCHEMA } from './clock/clock-schema.ts';
import type { Cluster } from './create-cluster.ts';
import { EXPLANATIONS } from './explain/explanation-resource.ts';
import { EXPLANATION_SCHEMA } from './explain/explanation-schema.ts';
import { explainedCluster } from './testing/explained-cluster.ts';
import { TRACES } from './trace/trace-resource.ts';
import { TRACE_SCHEMA } from './trace/trace-schema.ts';
import { TRAFFICS } from './traffic/traffic-resource.ts';
import { TRAFFIC_SCHEMA } from './traffic/traffic-schema.ts';

/** The schema, with no room for fields that it does not name. */
const closed = (schema: object): object =>
  JSON.parse(JSON.stringify(schema), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && 'properties' in value
      ? { ...value, additionalProperties: false }
      : value,
  ) as object;

const ajv = new Ajv({ allErrors: true });
const flawsOf = (schema: object, value: unknown): string[] => {
  const validate = ajv.compile(closed(schema));
  validate(JSON.parse(JSON.stringify(value ?? {})));
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
};

type Asked = readonly [resource: Resource, schema: { readonly spec: object; readonly status: object }, spec: object];

const QUESTIONS: readonly Asked[] = [
  [CLOCKS, CLOCK_SCHEMA, {}],
  [CLOCKS, CLOCK_SCHEMA, { paused: true, step: true, advance: '1s' }],
  [TRAFFICS, TRAFFIC_SCHEMA, { pod: 'frontend', url: 'http://backend', rate: 10, durationSeconds: 1 }],
  [TRAFFICS, TRAFFIC_SCHEMA, { pod: 'frontend', url: 'http://nobody', rate: 5, durationSeconds: 1 }],
  [EXPLANATIONS, EXPLANATION_SCHEMA, { service: 'backend', from: 'frontend' }],
  [EXPLANATIONS, EXPLANATION_SCHEMA, { service: 'nobody' }],
  [EXPLANATIONS, EXPLANATION_SCHEMA, { pod: 'frontend' }],
  [TRACES, TRACE_SCHEMA, { pod: 'frontend', url: 'http://backend' }],
  [TRACES, TRACE_SCHEMA, { pod: 'frontend', url: 'http://nobody' }],
];

it('what clients are told of our kinds is what they are', async () => {
  await using cluster: Cluster = await explainedCluster();
  const stop = cluster.client.watch(TRACES, {}, { event: () => undefined, end: () => undefined });
  const check = (schema: Asked[1], { spec, status }: ApiObject & { spec?: unknown; status?: unknown }): string[] => [
    ...flawsOf(schema.spec, spec),
    ...flawsOf(schema.status, status),
  ];
  const flaws: string[] = [];
  for (const [resource, schema, spec] of QUESTIONS) {
    let answer: ApiObject | undefined;
    const draft = { metadata: { namespace: 'default' }, spec } as never;
    const asked = cluster.client.create(resource, draft).then((object) => (answer = object));
    await cluster.advanceUntil(() => answer !== undefined, '1m');
    flaws.push(...check(schema, await asked).map((flaw) => `${resource.kind} ${JSON.stringify(spec)}: ${flaw}`));
  }
  const { items } = await cluster.client.list(TRACES);
  stop();
  for (const trace of items)
    flaws.push(...check(TRACE_SCHEMA, trace).map((flaw) => `${trace.spec.destination}: ${flaw}`));
  expect(flaws).toEqual([]);
  expect(items.length).toBeGreaterThan(10);
});
