import { isNotFound, SERVICE_CIDRS, SERVICES, StatusError } from '@kubarium/shared';
import { expect, it } from 'vitest';
import { createCluster } from './create-cluster.ts';

const RANGE = `
apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
metadata: { name: more }
spec: { cidrs: [172.30.0.0/28] }
`;
const POD = `
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec: { containers: [{ name: app, image: my-app, ports: [{ containerPort: 8080 }] }] }
`;
const service = (name: string, clusterIP: string): string => `
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { clusterIP: ${clusterIP}, selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
`;

it('gives Services addresses of a ServiceCIDR that is added, and lets it go once they are', async () => {
  await using cluster = await createCluster();
  await expect(cluster.apply(service('site', '172.30.0.5'))).rejects.toThrow(
    'failed to allocate IP 172.30.0.5: the provided network does not match the current range',
  );
  await cluster.apply([RANGE, service('site', '172.30.0.5'), POD].join('---'));
  await cluster.ready();
  expect((await cluster.pod('web').curl('http://site')).status).toBe(200);
  expect((await cluster.pod('web').exec('getent hosts site')).stdout).toContain('172.30.0.5');

  await cluster.client.delete(SERVICE_CIDRS, { name: 'more' });
  await cluster.advance('1m');
  const dying = await cluster.client.get(SERVICE_CIDRS, { name: 'more' });
  expect(dying.status.conditions).toMatchObject([{ type: 'Ready', status: 'False', reason: 'Terminating' }]);
  const late = cluster.apply(service('late', '172.30.0.6'));
  await expect(late).rejects.toThrow(StatusError);
  expect((await cluster.pod('web').curl('http://site')).status).toBe(200);

  await cluster.client.delete(SERVICES, { namespace: 'default', name: 'site' });
  await cluster.advance('1m');
  const gone = await cluster.client.get(SERVICE_CIDRS, { name: 'more' }).catch((error: unknown) => error);
  expect(isNotFound(gone)).toBe(true);
});
