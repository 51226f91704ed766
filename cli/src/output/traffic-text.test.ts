import { expect, it } from 'vitest';
import { joinedTraffic, progressText, trafficJson, trafficText } from './traffic-text.ts';

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

it('gives programs percentiles instead of every latency', () => {
  const latenciesMs = Array.from({ length: 200 }, (_, n) => n + 0.06);
  const load = { requests: 200, answered: 200, errors: [], latenciesMs, endpoints: [] };
  expect(JSON.parse(trafficJson(load))).toEqual({
    requests: 200,
    answered: 200,
    errors: [],
    endpoints: [],
    latencyMs: { p50: 99.1, p90: 179.1, p99: 197.1, max: 199.1 },
  });
  expect(JSON.parse(trafficJson({ ...load, answered: 0, latenciesMs: [] }))).not.toHaveProperty('latencyMs');
});

it('tells how far a load has got', () => {
  const load = { requests: 20, answered: 19, errors: [], latenciesMs: [1, 2, 3], endpoints: [] };
  expect(progressText(load, 2.04, 10)).toBe('2 s of 10 s: 20 requests, 1 failed, p50 2 ms');
});

it('tells the most frequent causes only', () => {
  const errors = Array.from({ length: 14 }, (_, n) => ({ cause: `cause ${n}`, count: 14 - n }));
  const text = trafficText({ requests: 105, answered: 0, errors, latenciesMs: [], endpoints: [] });
  expect(text.split('\n').slice(10, 12)).toEqual(['   5  cause 9', '  and 4 more causes']);
});
