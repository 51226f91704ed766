/**
 * Turns a query's bytes into the response's; undefined is silence. At once, but for what an upstream server is asked. Never throws,
 * whatever the bytes.
 */
export type AnswerMessage = (
  message: Uint8Array,
  transport: 'udp' | 'tcp',
) => Uint8Array | undefined | Promise<Uint8Array>;
