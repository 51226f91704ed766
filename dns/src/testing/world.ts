import { namespace, service, slice } from './dns-of.ts';

const HTTP = { name: 'http', port: 80 };
const POD_HTTP = { name: 'http', port: 8080 };
const MYSQL = { name: 'mysql', port: 3306 };
const headless = (name: string, ...ports: object[]) => service(name, { clusterIP: 'None', ports });
const external = (name: string, externalName: string) => service(name, { type: 'ExternalName', externalName });

/** A handful of Services of every kind in namespace default; namespace `other` is empty. */
export const world = {
  namespaces: [namespace('default'), namespace('other'), namespace('kube-system')],
  services: [
    service('kube-dns', { clusterIP: '10.96.0.10', ports: [{ port: 53 }] }, { namespace: 'kube-system' }),
    service('backend', { clusterIP: '10.96.1.1', ports: [HTTP, { name: 'dns', port: 53, protocol: 'UDP' }] }),
    headless('db', MYSQL),
    headless('empty', HTTP),
    headless('portless'),
    headless('numberless', HTTP),
    headless('six', HTTP),
    headless('big', HTTP),
    external('site', 'www.example.com'),
    external('address', '192.0.2.1'),
    external('alias', 'backend.default.svc.cluster.local.'),
    external('alias2', 'alias.default.svc.cluster.local'),
    external('alias-out', 'site.default.svc.cluster.local'),
    external('dangling', 'nothing.default.svc.cluster.local'),
    external('loop', 'loop.default.svc.cluster.local'),
  ],
  endpointslices: [
    slice('backend', { ports: [POD_HTTP], endpoints: [{ addresses: ['10.244.1.2'] }] }),
    slice('db', {
      ports: [MYSQL],
      endpoints: [{ addresses: ['10.244.1.3'], hostname: 'db-0' }, { addresses: ['10.244.2.4'] }],
    }),
    slice('portless', { endpoints: [{ addresses: ['10.244.2.5'] }] }),
    slice('numberless', { ports: [{ name: 'http' }], endpoints: [{ addresses: ['10.244.2.6'] }] }),
    slice('six', { addressType: 'IPv6', ports: [POD_HTTP], endpoints: [{ addresses: ['fd00::'] }] }),
    slice('big', {
      ports: [POD_HTTP],
      endpoints: Array.from({ length: 100 }, (_, i) => ({ addresses: [`10.244.9.${i + 1}`] })),
    }),
  ],
};
