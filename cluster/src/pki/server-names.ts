import { hostname, networkInterfaces } from 'node:os';
import { CONTROL_PLANE_ADDRESS, KUBERNETES_SERVICE_IP } from '../bootstrap/addresses.ts';
import type { ServerNames } from './credentials.ts';

/** The addresses that stand for all of a machine: good to listen at, not to be called by. */
const EVERY_ADDRESS: readonly string[] = ['0.0.0.0', '::'];

/**
 * Every name and address by which the API server of a cluster may be called, on this machine and in pods; where it listens at all of the
 * machine's addresses, from other machines too, by each of them and by the machine's name.
 */
export function serverNames(bindAddress: string): ServerNames {
  const services = [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
  ];
  const isOpen = EVERY_ADDRESS.includes(bindAddress);
  // A name that no certificate can hold would spoil all of it.
  const machine = isOpen ? [hostname()].filter((name) => /^[\w.-]+$/.test(name)) : [];
  const own = isOpen ? machineAddresses() : [bindAddress];
  const addresses = new Set(['127.0.0.1', '::1', ...own, KUBERNETES_SERVICE_IP, CONTROL_PLANE_ADDRESS]);
  return { names: ['localhost', ...machine, ...services], addresses: [...addresses] };
}

/** The URL to call an API server by that listens there: on this machine, where it does at all of its addresses. */
export function serverUrl(bindAddress: string, port: number): string {
  const host = EVERY_ADDRESS.includes(bindAddress) ? '127.0.0.1' : bindAddress;
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Link-local ones are left out: they mean something only together with an interface, which a certificate cannot name. */
const machineAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ address }) => !address.startsWith('fe80:'))
    .map(({ address }) => address);
