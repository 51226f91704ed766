import type { Container, Service } from '@kubarium/shared';
import { makeConfigMap, makePod, makeSecret, makeService } from '@kubarium/shared/testing';
import { expect, it } from 'vitest';
import { environment } from './environment.ts';
import type { NamedObjects } from './named-objects.ts';
import { expandVariables } from './expansion.ts';
import { serviceEnvironment } from './service-environment.ts';

const objects: NamedObjects = {
  configMap: (name) => (name === 'config' ? makeConfigMap(name, { data: { level: 'debug' } }) : undefined),
  secret: (name) => (name === 'secret' ? makeSecret(name, { data: { password: 'aHVudGVyMg==' } }) : undefined),
};

const variables = (
  container: Partial<Container>,
  serviceVariables: Record<string, string> = {},
): Record<string, string> => {
  const pod = makePod({ metadata: { labels: { app: 'web' } }, spec: { nodeName: 'node-1' } });
  const facts = { pod, podIPs: ['10.244.0.2'], hostIP: '172.18.0.2', allocatable: { cpu: '8', memory: '16Gi' } };
  return environment({ container: { name: 'main', ...container }, facts, objects, serviceVariables });
};

it('lays env over envFrom over the variables of Services', () => {
  const container = {
    envFrom: [{ prefix: 'C_', configMapRef: { name: 'config' } }, { secretRef: { name: 'secret' } }],
    env: [
      { name: 'password', value: 'mine' },
      { name: 'URL', value: 'http://$(HOST):$(C_level)/$(missing)/$$(HOST)' },
    ],
  };
  expect(variables(container, { HOST: '10.96.0.1', password: 'theirs' })).toEqual({
    C_level: 'debug',
    password: 'mine',
    URL: 'http://10.96.0.1:debug/$(missing)/$(HOST)',
    HOST: '10.96.0.1',
  });
});

it.each([
  ['metadata.name', 'pod'],
  ['metadata.namespace', 'default'],
  ["metadata.labels['app']", 'web'],
  ['spec.nodeName', 'node-1'],
  ['status.podIP', '10.244.0.2'],
  ['status.hostIP', '172.18.0.2'],
])('reads the field %s', (fieldPath, expected) => {
  expect(variables({ env: [{ name: 'X', valueFrom: { fieldRef: { fieldPath } } }] })).toEqual({ X: expected });
});

it.each([
  ['limits.cpu', undefined, '2'],
  ['limits.cpu', '1m', '1500'],
  ['requests.memory', '1Mi', '64'],
  ['limits.memory', '1Gi', '16'],
])('reads the resource %s in units of %s', (resource, divisor, expected) => {
  const container = {
    resources: { limits: { cpu: '1500m' }, requests: { memory: '64Mi' } },
    env: [{ name: 'X', valueFrom: { resourceFieldRef: { resource, divisor } } }],
  };
  expect(variables(container)).toEqual({ X: expected });
});

it.each<[Partial<Container>, string]>([
  [{ envFrom: [{ configMapRef: { name: 'x' } }] }, 'configmap "x" not found'],
  [{ envFrom: [{ secretRef: { name: 'x' } }] }, 'secret "x" not found'],
  [
    { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'config', key: 'k' } } }] },
    "couldn't find key k in ConfigMap default/config",
  ],
  [
    { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'secret', key: 'k' } } }] },
    "couldn't find key k in Secret default/secret",
  ],
])('says what is missing: %o', (container, message) => {
  expect(() => variables(container)).toThrow(message);
});

it('leaves out what is optional and not there', () => {
  const valueFrom = { configMapKeyRef: { name: 'x', key: 'k', optional: true } };
  expect(
    variables({ env: [{ name: 'A', valueFrom }], envFrom: [{ secretRef: { name: 'x', optional: true } }] }),
  ).toEqual({});
});

it.each([
  ['plain', 'plain'],
  ['$(A)', 'a'],
  ['$$(A)', '$(A)'],
  ['$(A', '$(A'],
  ['$A $', '$A $'],
])('expands %s to %s', (text, expected) => {
  expect(expandVariables(text, (name) => (name === 'A' ? 'a' : undefined))).toBe(expected);
});

it('names Services as Docker links did', () => {
  const service = (name: string, spec: Service['spec']): Service => makeService({ metadata: { name }, spec });
  const backend = service('my-backend', { clusterIP: '10.96.1.2', ports: [{ name: 'http', port: 80 }] });
  const headless = service('headless', { clusterIP: 'None', ports: [{ port: 80 }] });
  const kubernetes = service('kubernetes', { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443 }] });
  expect(serviceEnvironment([backend, headless], undefined, true)).toEqual({
    MY_BACKEND_SERVICE_HOST: '10.96.1.2',
    MY_BACKEND_SERVICE_PORT: '80',
    MY_BACKEND_SERVICE_PORT_HTTP: '80',
    MY_BACKEND_PORT: 'tcp://10.96.1.2:80',
    MY_BACKEND_PORT_80_TCP: 'tcp://10.96.1.2:80',
    MY_BACKEND_PORT_80_TCP_PROTO: 'tcp',
    MY_BACKEND_PORT_80_TCP_PORT: '80',
    MY_BACKEND_PORT_80_TCP_ADDR: '10.96.1.2',
  });
  expect(Object.keys(serviceEnvironment([backend], kubernetes, false))).toContain('KUBERNETES_SERVICE_HOST');
  expect(Object.keys(serviceEnvironment([backend], kubernetes, false))).not.toContain('MY_BACKEND_SERVICE_HOST');
});

it('refuses variables that grow without bound', () => {
  const doubling = Array.from({ length: 40 }, (_, i) => ({
    name: `V${i}`,
    value: i === 0 ? 'x'.repeat(100) : `$(V${i - 1})$(V${i - 1})`,
  }));
  expect(() => variables({ env: doubling })).toThrow('argument list too long');
  expect(() => expandVariables('$(A)'.repeat(10_000), () => 'x'.repeat(100_000))).toThrow('argument list too long');
  expect(variables({ env: doubling.slice(0, 10) })['V9']).toHaveLength(51_200);
});
