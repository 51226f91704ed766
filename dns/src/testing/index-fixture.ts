import type { AnswerOptions } from '../answer.ts';
import type { EndpointFacts, PortFacts, ServiceFacts, ServiceIndex } from '../service-index.ts';

const port = (name: string, number: number, protocol: PortFacts['protocol'] = 'TCP'): PortFacts => ({
  name,
  port: number,
  protocol,
});

const service = (name: string, more: Partial<ServiceFacts>): ServiceFacts => ({
  namespace: 'default',
  name,
  clusterIPs: [],
  externalName: undefined,
  ports: [],
  ...more,
});

const endpoint = (
  of: string,
  address: string,
  ports: PortFacts[],
  label = address.replaceAll('.', '-'),
): EndpointFacts => ({
  namespace: 'default',
  service: of,
  address,
  label,
  ports,
});

const services: readonly ServiceFacts[] = [
  service('backend', { clusterIPs: ['10.96.1.1'], ports: [port('http', 80), port('dns', 53, 'UDP')] }),
  service('dual', { clusterIPs: ['10.96.1.2', 'fd00::2'], ports: [port('', 80)] }),
  service('db', { ports: [port('mysql', 3306)] }),
  service('empty', { ports: [port('http', 80)] }),
  service('portless', {}),
  service('site', { externalName: 'www.example.com' }),
  service('alias', { externalName: 'backend.default.svc.cluster.local.' }),
  service('alias2', { externalName: 'alias.default.svc.cluster.local' }),
  service('dangling', { externalName: 'nothing.default.svc.cluster.local' }),
  service('loop', { externalName: 'loop.default.svc.cluster.local' }),
  service('big', { ports: [port('http', 80)] }),
];

const endpoints: readonly EndpointFacts[] = [
  endpoint('backend', '10.244.1.2', [port('http', 8080)]),
  endpoint('db', '10.244.1.3', [port('mysql', 3306)], 'db-0'),
  endpoint('db', '10.244.2.4', [port('mysql', 3306)]),
  endpoint('portless', '10.244.2.5', []),
  ...Array.from({ length: 100 }, (_, i) => endpoint('big', `10.244.9.${i + 1}`, [port('http', 8080)])),
];

/** An index of a handful of Services in namespace default; namespace `other` is empty. */
const index: ServiceIndex = {
  hasNamespace: (name) => name === 'default' || name === 'other',
  service: (namespace, name) => services.find((one) => one.namespace === namespace && one.name === name),
  endpoints: (namespace, name) => endpoints.filter((one) => one.namespace === namespace && one.service === name),
  serviceAt: (address) => services.find((one) => one.clusterIPs.includes(address)),
  endpointsAt: (address) => endpoints.filter((one) => one.address === address),
};

export const options: AnswerOptions = {
  index,
  zone: 'cluster.local',
  ttlSeconds: 5,
  serial: 1_700_000_000,
  serverAddress: '10.96.0.10',
};
