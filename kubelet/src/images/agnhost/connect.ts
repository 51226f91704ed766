import { NetError } from '@kubarium/shared';
import { complain } from '../../container/standard-io.ts';
import { dialFirst, resolveHost, ResolveError } from '../../shell/http-client.ts';
import type { SubCommand } from './agnhost.ts';

/** `connect host:port [--timeout D]`: 0 where a TCP connection opens; else `TIMEOUT`, `REFUSED`, `DNS` or `OTHER` on stderr and 1. */
export const connect: SubCommand = async (process, flags) => {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(flags.operands[0] ?? '') ?? [];
  try {
    const connection = await dialFirst(process, await resolveHost(process, host), Number(port), {
      timeoutMs: flags.duration('timeout', 10_000),
    });
    connection.end();
    return 0;
  } catch (error) {
    process.killed.throwIfAborted();
    const kind =
      error instanceof ResolveError
        ? 'DNS'
        : error instanceof NetError && error.code === 'ETIMEDOUT'
          ? 'TIMEOUT'
          : error instanceof NetError && error.code === 'ECONNREFUSED'
            ? 'REFUSED'
            : 'OTHER';
    await complain(process, kind);
    return 1;
  }
};
