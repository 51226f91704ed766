import { expect, it } from 'vitest';
import { joinedTraffic, trafficText } from './traffic-text.ts';

const PART = {
  requests: 4,
  answered: 3,
  errors: [{ cause: 'HTTP 503', count: 1 }],
  latenciesMs: [1, 2.25, 30.4],
  endpoints: [
    { endpoint: '10.244.0.3:80', target: 'pod default/backend-1', count: 3 },
    { endpoint: '10.244.1.3:80', target: 'pod default/backend-2', count: 1 },
  ],
};

it('shows what became of the requests and the share of each endpoint', () => {
  expect(trafficText(PART)).toBe(`4 requests, 3 answered, 1 failed
  1  HTTP 503
latency  p50 2.3 ms  p90 30 ms  p99 30 ms  max 30 ms
  10.244.0.3:80  pod default/backend-1   75 %  ████████████████████████████████████████
  10.244.1.3:80  pod default/backend-2   25 %  █████████████
`);
});

it('joins the parts of a load', () => {
  const other = {
    ...PART,
    errors: [{ cause: 'HTTP 500', count: 2 }],
    answered: 2,
    latenciesMs: [0.5],
    endpoints: [PART.endpoints[1]!],
  };
  expect(joinedTraffic([PART, other])).toMatchObject({
    requests: 8,
    answered: 5,
    errors: [
      { cause: 'HTTP 500', count: 2 },
      { cause: 'HTTP 503', count: 1 },
    ],
    latenciesMs: [0.5, 1, 2.25, 30.4],
    endpoints: [{ count: 3 }, { count: 2 }],
  });
});
