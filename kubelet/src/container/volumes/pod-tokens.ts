import { NONE, type Pod, type ServiceAccountTokenProjection, type Timer, type Volume } from '@kubarium/shared';
import type { NodeContext } from '../../node-context.ts';
import { renewalMs, requestToken, type Token } from './service-account-token.ts';

/** The volumes that the tokens are in. */
export interface TokensOwner {
  readonly pod: Pod;
  /** A token has been renewed. */
  refresh(): void;
}

interface HeldToken {
  readonly volume: string;
  readonly path: string;
  token: string;
  renewal: Timer;
}

/** The service account tokens in the volumes of one pod, each renewed in time. */
export class PodTokens implements Disposable {
  readonly #context: NodeContext;
  readonly #owner: TokensOwner;
  #held: readonly HeldToken[] = NONE;
  #disposed = false;

  constructor(context: NodeContext, owner: TokensOwner) {
    this.#context = context;
    this.#owner = owner;
  }

  get(volume: string, path: string): string | undefined {
    return this.#find(volume, path)?.token;
  }

  /** Requests the tokens of a volume that are not held yet; rejects with VolumeError. */
  async fetch({ name, projected }: Volume): Promise<void> {
    for (const { serviceAccountToken } of projected?.sources ?? []) {
      if (serviceAccountToken === undefined) continue;
      const { path } = serviceAccountToken;
      if (this.#find(name, path) !== undefined) continue;
      const token = await requestToken(this.#context.client, this.#owner.pod, serviceAccountToken);
      if (this.#disposed) return;
      const renewal = this.#renewAfter(this.#lifeMs(token), name, serviceAccountToken);
      this.#held = this.#held.concat({ volume: name, path, token: token.token, renewal });
    }
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    for (const { renewal } of this.#held) renewal.cancel();
  }

  #find(volume: string, path: string): HeldToken | undefined {
    return this.#held.find((one) => one.volume === volume && one.path === path);
  }

  #lifeMs({ expiresMs }: Token): number {
    return renewalMs(this.#context.runtime.clock.now(), expiresMs);
  }

  async #renew(volume: string, projection: ServiceAccountTokenProjection): Promise<void> {
    const token = await requestToken(this.#context.client, this.#owner.pod, projection);
    if (this.#disposed) return;
    const held = this.#find(volume, projection.path)!;
    held.token = token.token;
    held.renewal = this.#renewAfter(this.#lifeMs(token), volume, projection);
    this.#owner.refresh();
  }

  #renewAfter(delayMs: number, volume: string, projection: ServiceAccountTokenProjection): Timer {
    const { runtime } = this.#context;
    return runtime.clock.setTimer(delayMs, () => {
      runtime.activity?.begin();
      this.#renew(volume, projection)
        .catch((error: unknown) => {
          runtime.logger.warn({ error: String(error) }, 'a service account token was not renewed; trying again');
          if (this.#disposed) return;
          this.#find(volume, projection.path)!.renewal = this.#renewAfter(30_000, volume, projection);
        })
        .finally(() => runtime.activity?.end());
    });
  }
}
