import { CONTROL_PLANE_ADDRESS, KUBERNETES_SERVICE_IP } from '../bootstrap/addresses.ts';
import type { ServerNames } from './credentials.ts';

/** Every name and address by which the API server of a cluster may be called, on this machine and in pods. */
export function serverNames(bindAddress: string): ServerNames {
  const services = [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
  ];
  const addresses = new Set(['127.0.0.1', '::1', bindAddress, KUBERNETES_SERVICE_IP, CONTROL_PLANE_ADDRESS]);
  return { names: ['localhost', ...services], addresses: [...addresses] };
}
