/** What Redis answers with an error; the message is the whole of it, its code first. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
