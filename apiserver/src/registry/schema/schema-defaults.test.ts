import { expect, test } from 'vitest';
import { applySchemaDefaults } from './schema-defaults.ts';

const POD = 'io.k8s.api.core.v1.Pod';

test('fills in what a schema declares, and only where nothing is', () => {
  const pod = {
    spec: { containers: [{ ports: [{ containerPort: 80 }, { containerPort: 53, protocol: 'UDP' }] }, {}] },
  };
  applySchemaDefaults(POD, pod);
  expect(pod).toEqual({
    spec: {
      containers: [
        {
          ports: [
            { containerPort: 80, protocol: 'TCP' },
            { containerPort: 53, protocol: 'UDP' },
          ],
        },
        {},
      ],
    },
  });
  const again = structuredClone(pod);
  applySchemaDefaults(POD, again);
  expect(again).toEqual(pod);
});

test('reaches templates', () => {
  const deployment = { spec: { template: { spec: { containers: [{ ports: [{ containerPort: 80 }] }] } } } };
  applySchemaDefaults('io.k8s.api.apps.v1.Deployment', deployment);
  expect(deployment.spec.template.spec.containers[0]!.ports[0]).toEqual({ containerPort: 80, protocol: 'TCP' });
});

test('leaves alone what declares nothing', () => {
  const configMap = { data: { a: 'b' } };
  applySchemaDefaults('io.k8s.api.core.v1.ConfigMap', configMap);
  applySchemaDefaults('no.such.Schema', configMap);
  expect(configMap).toEqual({ data: { a: 'b' } });
});
