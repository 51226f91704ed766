import type { ApiObject } from '@kubarium/shared';
import { expect, it } from 'vitest';
import { EventExpirer } from './event-expirer.ts';
import { testRegistry } from '../testing/test-registry.ts';

it('forgets events an hour after their last write', async () => {
  const { storage, clock, context } = await testRegistry();
  const event = (name: string): ApiObject => ({
    kind: 'Event',
    apiVersion: 'v1',
    metadata: { name, uid: name, resourceVersion: '', creationTimestamp: '2026-01-01T00:00:00Z' },
  });
  const keys = (): string[] => {
    storage.flush();
    return storage.list('events/').items.map(({ key }) => key);
  };
  await storage.create('events/default/old', event('old'));
  await using expirer = new EventExpirer(storage, context.runtime);
  await expirer.start();
  clock.advance(30 * 60_000);
  await storage.create('events/default/new', event('new'));
  await storage.create('events/default/gone', event('gone'));
  await storage.delete('events/default/gone');
  clock.advance(29 * 60_000);
  expect(keys()).toEqual(['events/default/new', 'events/default/old']);
  clock.advance(60_000);
  expect(keys()).toEqual(['events/default/new']);
  await storage.update('events/default/new', ({ value }) => ({ ...value, reason: 'again' }) as ApiObject);
  clock.advance(59 * 60_000);
  expect(keys()).toEqual(['events/default/new']);
  clock.advance(60_000);
  expect(keys()).toEqual([]);
});
