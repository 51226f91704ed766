import type { ApiObject, ApiRequest, Transport, WatchRequest, WatchSink } from '@kubarium/shared';

/**
 * Lets the cluster come to rest before each request. So what a request finds does not depend on how fast the caller's own code runs:
 * a test may read files or wait for other programs between two requests, and the run stays the same.
 */
export class SettledTransport implements Transport {
  readonly #inner: Transport;
  readonly #settle: () => Promise<void>;

  constructor(inner: Transport, settle: () => Promise<void>) {
    this.#inner = inner;
    this.#settle = settle;
  }

  async request(request: ApiRequest): Promise<ApiObject> {
    await this.#settle();
    return this.#inner.request(request);
  }

  watch(request: WatchRequest, sink: WatchSink): () => void {
    return this.#inner.watch(request, sink);
  }
}
