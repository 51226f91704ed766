import type { Clock, PathStage, SocketAddress } from '@kubarium/shared';
import type { Namespace } from './namespace.ts';

/** Idle times after which Linux forgets a UDP flow (nf_conntrack_udp_timeout and ..._udp_timeout_stream). */
const UNREPLIED_MS = 30_000;
const REPLIED_MS = 120_000;

/** A UDP flow that the path let through, as sent and as it arrives. */
export interface UdpFlow {
  /** Where it comes from, and answers go to. */
  readonly client: Namespace;
  readonly source: SocketAddress;
  readonly destination: SocketAddress;
  /** Where its datagrams really go, and whom they seem to come from there. */
  readonly target: SocketAddress;
  readonly apparentSource: SocketAddress;
  /** The stage that chose the target, where one did. */
  readonly rewrittenBy: PathStage | undefined;
}

interface Entry extends UdpFlow {
  expiresMs: number;
  replied: boolean;
}

const key = (from: SocketAddress, to: SocketAddress): string => `${from.address}:${from.port}>${to.address}:${to.port}`;

/**
 * Connection tracking of UDP: which flows are open, so that their datagrams keep their target and answers find back and seem to
 * come from the address that was asked. A flow ends when idle for 30 s, or 120 s once it was answered.
 */
export class FlowTable {
  readonly #forward = new Map<string, Entry>();
  readonly #reply = new Map<string, Entry>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#forward.size;
  }

  /** The open flow that a datagram belongs to, in its own direction. */
  find(source: SocketAddress, destination: SocketAddress): UdpFlow | undefined {
    return this.#live(this.#forward.get(key(source, destination)));
  }

  /** The open flow that a datagram answers. */
  findAnswered(source: SocketAddress, destination: SocketAddress): UdpFlow | undefined {
    const entry = this.#live(this.#reply.get(key(source, destination)));
    if (entry === undefined) return undefined;
    entry.replied = true;
    entry.expiresMs = this.#clock.now() + REPLIED_MS;
    return entry;
  }

  /** Whether answers from `target` to `apparentSource` belong to an open flow already. */
  isAnswerTaken(target: SocketAddress, apparentSource: SocketAddress): boolean {
    return this.#reply.has(key(target, apparentSource));
  }

  /** Opens a flow. */
  add(flow: UdpFlow): UdpFlow {
    this.#sweep();
    const entry: Entry = { ...flow, replied: false, expiresMs: this.#clock.now() + UNREPLIED_MS };
    this.#forward.set(key(flow.source, flow.destination), entry);
    this.#reply.set(key(flow.target, flow.apparentSource), entry);
    return entry;
  }

  forget(flow: UdpFlow): void {
    const forward = key(flow.source, flow.destination);
    if (this.#forward.get(forward) === flow) this.#forward.delete(forward);
    const reply = key(flow.target, flow.apparentSource);
    if (this.#reply.get(reply) === flow) this.#reply.delete(reply);
  }

  #live(entry: Entry | undefined): Entry | undefined {
    if (entry === undefined) return undefined;
    const now = this.#clock.now();
    if (now >= entry.expiresMs) {
      this.forget(entry);
      return undefined;
    }
    entry.expiresMs = now + (entry.replied ? REPLIED_MS : UNREPLIED_MS);
    return entry;
  }

  /** Looks at the two longest unseen entries: a new flow pays for the removal of old ones, and no timer is needed. */
  #sweep(): void {
    for (let turns = 0; turns < 2; turns++) {
      const oldest = this.#forward.entries().next();
      if (oldest.done) return;
      const [name, entry] = oldest.value;
      if (this.#clock.now() >= entry.expiresMs) this.forget(entry);
      else {
        this.#forward.delete(name);
        this.#forward.set(name, entry);
      }
    }
  }
}
