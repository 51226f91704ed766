import type { AnswerMessage } from './answer-message.ts';

/** Sends an answer: at once where it is there, so that a simulated cluster's order does not hang on promises. */
export function replyWith(answer: ReturnType<AnswerMessage>, send: (response: Uint8Array | undefined) => void): void {
  // An answer that comes later never rejects.
  if (answer instanceof Promise) void answer.then(send);
  else send(answer);
}
