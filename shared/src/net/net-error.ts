/** What the operating system says when a connection or a socket fails. */
export type NetErrorCode =
  | 'ECONNREFUSED'
  | 'ETIMEDOUT'
  | 'ECONNRESET'
  | 'EHOSTUNREACH'
  | 'ENETUNREACH'
  | 'EADDRINUSE'
  | 'EADDRNOTAVAIL'
  | 'EPIPE'
  | 'EMSGSIZE';

/** A failed call on the simulated network, shaped like Node's own system errors so that protocol code needs no change. */
export class NetError extends Error {
  override readonly name = 'NetError';
  readonly code: NetErrorCode;
  readonly syscall: string;
  readonly address: string | undefined;
  readonly port: number | undefined;

  constructor(code: NetErrorCode, syscall: string, address?: string, port?: number) {
    super(`${syscall} ${code}${address === undefined ? '' : ` ${address}${port === undefined ? '' : `:${port}`}`}`);
    this.code = code;
    this.syscall = syscall;
    this.address = address;
    this.port = port;
  }
}
