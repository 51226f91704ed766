import type { Random } from '@kubarium/shared';
import { NumberPool, reservedBand } from './number-pool.ts';

/** Why an address cannot be had, in the real server's words. */
export type ClusterIPRefusal =
  | 'provided IP is already allocated'
  | 'the provided network does not match the current range';

/**
 * Hands out the cluster IPs of one IPv4 range, each to one Service at a time. The network's own address and the last one are never
 * given. Clients may ask for one address; the lowest ones (256 of a large range) are left to them as long as possible.
 */
export class ClusterIPAllocator {
  readonly #first: number;
  readonly #size: number;
  readonly #pool: NumberPool;

  /** `cidr` is an IPv4 network such as `10.96.0.0/12`. */
  constructor(cidr: string, random: Random) {
    const [address, prefix] = cidr.split('/') as [string, string];
    const total = 2 ** (32 - Number(prefix));
    this.#first = Math.floor(toNumber(address) / total) * total + 1;
    this.#size = total - 2;
    this.#pool = new NumberPool(this.#size, reservedBand(total, { least: 16, most: 256, step: 16 }), random);
  }

  /** Takes one address; the answer is undefined, or why not. */
  allocate(ip: string): ClusterIPRefusal | undefined {
    const offset = this.#offset(ip);
    if (offset === undefined) return 'the provided network does not match the current range';
    return this.#pool.take(offset) ? undefined : 'provided IP is already allocated';
  }

  /** Takes any free address; undefined where the range is full. */
  allocateNext(): string | undefined {
    const offset = this.#pool.takeAny();
    return offset === undefined ? undefined : toText(this.#first + offset);
  }

  release(ip: string): void {
    const offset = this.#offset(ip);
    if (offset !== undefined) this.#pool.release(offset);
  }

  #offset(ip: string): number | undefined {
    const offset = toNumber(ip) - this.#first;
    return offset >= 0 && offset < this.#size ? offset : undefined;
  }
}

/** NaN for what is not IPv4. */
const toNumber = (ip: string): number =>
  /^\d{1,3}(\.\d{1,3}){3}$/.test(ip) ? ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) : NaN;

const toText = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
