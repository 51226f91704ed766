import { invariant } from '@kubarium/shared';
import { describe, expect, it } from 'vitest';
import { conform } from './conform.ts';
import { structPlan } from './type-plan.ts';

const plan = structPlan('io.k8s.api.core.v1.Pod');
invariant(plan !== undefined, 'Pod is a recorded kind');

describe('conform', () => {
  const { object: current } = conform(plan, {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name: 'a', labels: { app: 'a' }, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { containers: [{ name: 'c', resources: { limits: { cpu: '0.5' } } }] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  });
  const parts = current as unknown as Record<'metadata' | 'spec' | 'status', object>;

  it.each<[string, object]>([
    ['nothing is changed', current],
    ['a part is changed', { ...current, status: { ...parts.status, phase: 'Failed', podIP: '' } }],
    ['a part is removed', { ...current, status: undefined, spec: null }],
    ['a list is changed', { ...current, spec: { containers: [...(parts.spec as { containers: [] }).containers, {}] } }],
    ['unknown fields are added', { ...current, metadata: { ...parts.metadata, colour: 'red' } }],
    ['a part does not fit', { ...current, status: { ...parts.status, phase: 3 } }],
    ['parts stand where others belong', { ...current, spec: parts.status, status: parts.spec }],
  ])('makes the same of an object with known parts where %s', (_, patched) => {
    const afresh = conform(plan, patched);
    const { object, fits, hasUnknownFields } = conform(plan, patched, current);
    expect(object).toStrictEqual(afresh.object);
    expect({ fits, hasUnknownFields }).toEqual({ fits: afresh.fits, hasUnknownFields: afresh.hasUnknownFields });
  });

  it('makes the value of a key canonical whatever the key is called', () => {
    const limits = JSON.parse('{"__proto__":"1000m"}') as object;
    const { object } = conform(plan, { spec: { containers: [{ resources: { limits } }] } });
    expect(JSON.stringify(object)).toContain('{"__proto__":"1"}');
  });

  it('shares nothing with what is known', () => {
    const { object } = conform(plan, { ...current }, current);
    expect(object.metadata).not.toBe(current.metadata);
    expect(object.metadata.labels).not.toBe(current.metadata.labels);
  });
});
