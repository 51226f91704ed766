/** How a transfer failed: curl's own number and words. */
export class CurlError extends Error {
  override readonly name = 'CurlError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}
