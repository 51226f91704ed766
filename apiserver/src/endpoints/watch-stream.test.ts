import { expect, test } from 'vitest';
import { chunkOf, EventLines } from './watch-stream.ts';

test('a chunk counts bytes, not characters', () => {
  expect(chunkOf('aä\n').toString()).toBe('4\r\naä\n\r\n');
});

test('watchers of one change share its bytes', () => {
  const lines = new EventLines();
  const event = { type: 'ADDED' as const, text: '{"kind":"Pod"}' };
  expect(lines.chunk(event)).toBe(lines.chunk({ ...event }));
  expect(lines.chunk(event).toString()).toContain('{"type":"ADDED","object":{"kind":"Pod"}}\n');
});

test('the same text under another type is another line', () => {
  const lines = new EventLines();
  lines.chunk({ type: 'ADDED', text: '{}' });
  expect(lines.chunk({ type: 'MODIFIED', text: '{}' }).toString()).toContain('"MODIFIED"');
  expect(lines.chunk({ type: 'ADDED', text: '{}' }).toString()).toContain('"ADDED"');
});
