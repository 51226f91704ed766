import type { Pod } from '@kubarium/shared';

/** Why a port could not be reached, as the real kubelet's runtime says it. */
export function portForwardFailure({ metadata }: Pod, port: number, failure: unknown): string {
  const refused = (failure as { code?: string }).code === 'ECONNREFUSED';
  const why = refused
    ? `failed to connect to localhost:${port} inside namespace ${JSON.stringify(metadata.uid)}, IPv4: dial tcp4 127.0.0.1:${port}: connect: connection refused`
    : failure instanceof Error
      ? failure.message
      : String(failure);
  return `error forwarding port ${port} to pod ${metadata.name}, uid ${metadata.uid}: ${why}`;
}
