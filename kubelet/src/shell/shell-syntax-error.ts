/** What is wrong with a script, as the shell says it. */
export class ShellSyntaxError extends Error {
  override readonly name = 'ShellSyntaxError';
  /** The text may become right with more lines. */
  readonly incomplete: boolean;

  constructor(message: string, incomplete = false) {
    super(message);
    this.incomplete = incomplete;
  }
}
