import type { Duplex } from 'node:stream';
import type { AnswerMessage } from './answer-message.ts';
import { replyWith } from './reply-with.ts';

/** Cuts a TCP stream into messages (RFC 7766): each comes after its length in two bytes. */
export class FrameReader {
  #pending: Buffer = Buffer.alloc(0);

  /** The messages that are complete with this chunk. */
  *read(chunk: Buffer): Generator<Buffer> {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    while (this.#pending.length >= 2 && this.#pending.length >= 2 + this.#pending.readUInt16BE(0)) {
      const end = 2 + this.#pending.readUInt16BE(0);
      const message = this.#pending.subarray(2, end);
      this.#pending = this.#pending.subarray(end);
      yield message;
    }
  }
}

/** A message as it is sent over TCP. */
export function framed(message: Uint8Array): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

/** Answers what comes in a stream, in the order of the questions, but for those that are forwarded. */
export function serveStream(stream: Duplex, answer: AnswerMessage): void {
  const frames = new FrameReader();
  let unanswered = 0;
  let isEnded = false;
  stream.on('data', (chunk: Buffer) => {
    for (const message of frames.read(chunk)) {
      unanswered++;
      replyWith(answer(message, 'tcp'), (response) => {
        unanswered--;
        if (stream.destroyed || stream.writableEnded) return;
        if (response !== undefined) stream.write(framed(response));
        // What deserves silence over UDP ends the conversation here.
        if (response === undefined || (isEnded && unanswered === 0)) stream.end();
      });
      if (stream.writableEnded) return;
    }
  });
  stream.on('end', () => {
    isEnded = true;
    if (unanswered === 0) stream.end();
  });
  stream.on('error', () => stream.destroy());
}
