import type { Duplex } from 'node:stream';
import type { AnswerMessage } from './cluster-dns.ts';
import { replyWith } from './reply-with.ts';

/** DNS over TCP (RFC 7766): each message after its length in two bytes; answers in the order of the questions, but for those that are forwarded. */
export function serveStream(stream: Duplex, answer: AnswerMessage): void {
  let pending: Buffer = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const end = 2 + pending.readUInt16BE(0);
      const message = pending.subarray(2, end);
      pending = pending.subarray(end);
      replyWith(answer(message, 'tcp'), (response) => {
        if (stream.destroyed || stream.writableEnded) return;
        // What deserves silence over UDP ends the conversation here.
        if (response === undefined) return void stream.end();
        const length = Buffer.alloc(2);
        length.writeUInt16BE(response.length);
        stream.write(Buffer.concat([length, response]));
      });
      if (stream.writableEnded) return;
    }
  });
  stream.on('end', () => stream.end());
  stream.on('error', () => stream.destroy());
}
