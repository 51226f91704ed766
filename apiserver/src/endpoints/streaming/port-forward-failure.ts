import type { Pod } from '@kubarium/shared';

/** Why a port could not be reached, as the real kubelet's runtime says it. */
export function portForwardFailure({ metadata }: Pod, port: number, failure: unknown): string {
  const sandbox = JSON.stringify(metadata.uid);
  const { code = '', message = String(failure) } = failure as { code?: string; message?: string };
  const known: Readonly<Record<string, string>> = {
    ECONNREFUSED: `failed to connect to localhost:${port} inside namespace ${sandbox}, IPv4: dial tcp4 127.0.0.1:${port}: connect: connection refused`,
    // The pod is gone.
    EHOSTUNREACH: `failed to find sandbox ${sandbox} in store: not found`,
  };
  return `error forwarding port ${port} to pod ${metadata.name}, uid ${metadata.uid}: ${known[code] ?? message}`;
}
