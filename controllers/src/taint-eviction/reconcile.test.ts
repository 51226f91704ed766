import type { Taint, Toleration } from '@kubarium/shared';
import { makePod } from '@kubarium/shared/testing';
import { describe, expect, it } from 'vitest';
import { evictionTimeMs } from './reconcile.ts';

const NOW = Date.UTC(2026, 0, 1, 0, 1);
const ADDED = Date.UTC(2026, 0, 1);
const unreachable: Taint = { key: 'unreachable', effect: 'NoExecute', timeAdded: '2026-01-01T00:00:00Z' };

describe('evictionTimeMs', () => {
  it.each<[string, Taint[], Toleration[], number | undefined]>([
    ['never for a taint that is no NoExecute', [{ ...unreachable, effect: 'NoSchedule' }], [], undefined],
    ['at once without toleration', [unreachable], [], ADDED],
    ['never with an endless toleration', [unreachable], [{ key: 'unreachable', operator: 'Exists' }], undefined],
    ['never for a toleration of everything', [unreachable], [{ operator: 'Exists' }], undefined],
    [
      'after its tolerationSeconds, counted from the taint',
      [unreachable],
      [{ key: 'unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }],
      ADDED + 300_000,
    ],
    ['at once where the value differs', [{ ...unreachable, value: 'a' }], [{ key: 'unreachable', value: 'b' }], ADDED],
    ['from now for a taint without a time', [{ key: 'x', effect: 'NoExecute' }], [], NOW],
    [
      'by the strictest of several taints',
      [unreachable, { key: 'other', effect: 'NoExecute', timeAdded: '2026-01-01T00:00:30Z' }],
      [
        { key: 'unreachable', operator: 'Exists', tolerationSeconds: 300 },
        { key: 'other', operator: 'Exists', tolerationSeconds: 60 },
      ],
      ADDED + 90_000,
    ],
  ])('evicts %s', (_title, taints, tolerations, expected) => {
    expect(evictionTimeMs(makePod({ spec: { tolerations } }), taints, NOW)).toBe(expected);
  });
});
