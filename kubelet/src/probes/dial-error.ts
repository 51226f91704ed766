import { NetError } from '@kubarium/shared';

const WORDS: Partial<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'i/o timeout',
};

/** A failed connection as Go tells it: `dial tcp 10.244.0.5:80: connect: connection refused`. */
export function dialError(error: unknown, address: string, port: number): string {
  const why = error instanceof NetError ? WORDS[error.code] : undefined;
  return `dial tcp ${address}:${port}: ${why ?? (error instanceof Error ? error.message : String(error))}`;
}
