import type { IncomingMessage } from 'node:http';
import { badRequest } from '@kubarium/shared';
import { bodyTooLarge } from './http-errors.ts';

/** The most that a request body may hold: 3 MiB, as etcd's limit makes the real server's. */
const BODY_LIMIT_BYTES = 3 * 1024 * 1024;

/** Reads a request's whole body; 413 as soon as it is known to be too large. */
export function readBody(request: IncomingMessage, limitBytes: number = BODY_LIMIT_BYTES): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limitBytes) return Promise.reject(bodyTooLarge(limitBytes));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > limitBytes) {
        request.off('data', onData);
        request.resume();
        reject(bodyTooLarge(limitBytes));
        return;
      }
      chunks.push(chunk);
    };
    request.on('data', onData);
    request.once('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length)));
    // That the connection is gone, which the next one tells as well.
    request.once('error', () => {});
    request.once('close', () => {
      if (!request.complete) reject(badRequest('unexpected EOF'));
    });
  });
}
