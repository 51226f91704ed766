import { expect, it } from 'vitest';
import { followSelector, type FollowFilters } from './follow-selector.ts';

it.each<[FollowFilters, string]>([
  [{}, 'spec.url='],
  [{ pod: 'frontend' }, 'spec.url=,pod=default/frontend'],
  [{ pod: 'frontend', namespace: 'shop' }, 'spec.url=,namespace=shop,pod=shop/frontend'],
  [{ pod: 'other/frontend', service: 'backend' }, 'spec.url=,pod=other/frontend,status.service=default/backend'],
  [{ verdict: 'denied' }, 'spec.url=,status.verdict=Denied'],
  [
    { verdict: 'failed', service: 'kube-system/kube-dns' },
    'spec.url=,status.service=kube-system/kube-dns,status.verdict!=Delivered',
  ],
])('%j are the fields %s', (filters, selector) => {
  expect(followSelector(filters)).toBe(selector);
});
