import { createApiServer, type ApiServer, type ApiServerOptions, type TlsOptions } from '@kubarium/apiserver';
import type { Connection } from '@kubarium/shared';

/** Where and to whom an API server answers on real sockets. */
export interface ServeOptions {
  readonly tls: TlsOptions;
  readonly address: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly adminToken: string;
}

/** The ways to one API over bytes, each a server of its own: this machine's ports and the pod network. Disposing it ends all of them. */
export class ApiServers implements AsyncDisposable {
  readonly #options: Omit<ApiServerOptions, 'tls' | 'port'>;
  readonly #podTls: () => TlsOptions;
  readonly #running = new AsyncDisposableStack();
  #forPods: ApiServer | undefined;

  constructor(options: Omit<ApiServerOptions, 'tls' | 'port'>, podTls: () => TlsOptions) {
    this.#options = options;
    this.#podTls = podTls;
  }

  /** Opens the API to this machine; resolves with the port. */
  async serve(options: ServeOptions): Promise<number> {
    return (await this.#make(options).listen()).port;
  }

  /** The same by the server that pods reach, with its certificate. */
  async serveAlsoPods(options: Omit<ServeOptions, 'tls'>): Promise<number> {
    this.#forPods = this.#make({ ...options, tls: this.#podTls() });
    return (await this.#forPods.listen()).port;
  }

  /** Takes a connection that comes over the pod network. */
  accept(connection: Connection): void {
    this.#forPods ??= this.#make({ tls: this.#podTls(), port: 0 });
    this.#forPods.accept(connection);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#running.disposeAsync();
  }

  #make(listen: Partial<ServeOptions> & Pick<ServeOptions, 'tls' | 'port'>): ApiServer {
    return this.#running.use(createApiServer({ ...this.#options, ...listen }));
  }
}
