import { NetError } from '@kubarium/shared';
import { FileSystemError } from '../../container/file-system.ts';
import { ResolveError } from '../http-client.ts';
import { CurlError } from './curl-error.ts';
import type { Transfer } from './transfer.ts';

/** How curl reports what went wrong in a transfer. */
export function describeError(error: unknown, transfer: Transfer): CurlError {
  if (error instanceof CurlError) return error;
  if (error instanceof ResolveError) return new CurlError(6, error.message);
  if (error instanceof FileSystemError) return new CurlError(23, `Failure writing output to destination`);
  const elapsed = transfer.elapsedMs();
  if (transfer.timedOut()) {
    return transfer.connected
      ? new CurlError(28, `Operation timed out after ${elapsed} milliseconds with ${transfer.received} bytes received`)
      : new CurlError(28, `Connection timed out after ${elapsed} milliseconds`);
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!transfer.connected) {
    const where = `${transfer.host} port ${transfer.port} after ${elapsed} ms`;
    if (error instanceof NetError)
      return code === 'ETIMEDOUT' && transfer.hasConnectTimeout
        ? new CurlError(28, `Connection timed out after ${elapsed} milliseconds`)
        : new CurlError(code === 'ETIMEDOUT' ? 28 : 7, `Failed to connect to ${where}: Could not connect to server`);
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code))
    return new CurlError(60, `SSL certificate problem: ${(error as Error).message}`);
  if (code.startsWith('ERR_SSL') || code === 'EPROTO')
    return new CurlError(35, `TLS connect error: ${(error as Error).message}`);
  if (code.startsWith('HPE_')) return new CurlError(1, 'Received HTTP/0.9 when not allowed');
  if (transfer.received > 0) return new CurlError(18, `end of response with ${transfer.received} bytes missing`);
  if (code === 'ECONNRESET' && !(error instanceof NetError)) return new CurlError(52, 'Empty reply from server');
  if (code === 'ECONNRESET') return new CurlError(56, 'Recv failure: Connection reset by peer');
  return new CurlError(56, error instanceof Error ? error.message : String(error));
}
