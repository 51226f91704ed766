/**
 * A start that cannot succeed until the user changes something. `message` says what is wrong, `remedy` what to do about it;
 * the command line prints both and exits with 2, without a stack.
 */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly remedy: string;

  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.remedy = remedy;
  }
}
