import { canonicalIpv4, ipv4Text, ipv4Value, type Random } from '@kubarium/shared';
import { NumberPool, reservedBand } from './number-pool.ts';

/** Why an address cannot be had, in the real server's words. */
export type ClusterIPRefusal =
  | 'provided IP is already allocated'
  | 'the provided network does not match the current range';

/**
 * Hands out cluster IPs of IPv4 ranges, each to one Service at a time. Ranges come and go and may overlap (KEP-1880); where one is
 * full, the next one gives. A range's own address and its last one are never given. Clients may ask for one address; the lowest ones
 * (256 of a large range) are left to them as long as possible. Addresses stay taken when their range goes.
 */
export class ClusterIPAllocator {
  readonly #random: Random;
  readonly #taken = new Set<number>();
  /** By who offers it, then by CIDR. */
  readonly #offers = new Map<string, ReadonlyMap<string, NumberPool>>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** Has the IPv4 ranges among `cidrs` give addresses in place of those that the same owner offered before. */
  offer(owner: string, cidrs: readonly string[]): void {
    const before = this.#offers.get(owner);
    const ranges = cidrs.filter((cidr) => !cidr.includes(':'));
    if (ranges.length === 0) this.#offers.delete(owner);
    else this.#offers.set(owner, new Map(ranges.map((cidr) => [cidr, before?.get(cidr) ?? this.#pool(cidr)])));
  }

  /** Takes one address; the answer is undefined, or why not. */
  allocate(ip: string): ClusterIPRefusal | undefined {
    const number = ipv4Value(canonicalIpv4(ip));
    const pool = number === undefined ? undefined : this.#pools().find((one) => one.has(number));
    if (pool === undefined) return 'the provided network does not match the current range';
    return pool.take(number!) ? undefined : 'provided IP is already allocated';
  }

  /** Takes any free address; undefined where all ranges are full. */
  allocateNext(): string | undefined {
    for (const pool of this.#pools()) {
      const number = pool.takeAny();
      if (number !== undefined) return ipv4Text(number);
    }
    return undefined;
  }

  /** Marks an address as taken, whether or not a range has it. */
  hold(ip: string): void {
    const number = ipv4Value(canonicalIpv4(ip));
    if (number !== undefined) this.#taken.add(number);
  }

  release(ip: string): void {
    const number = ipv4Value(canonicalIpv4(ip));
    if (number !== undefined) this.#taken.delete(number);
  }

  #pools(): NumberPool[] {
    return [...this.#offers.values()].flatMap((pools) => [...pools.values()]);
  }

  #pool(cidr: string): NumberPool {
    const [address = '', prefix] = cidr.split('/');
    const total = 2 ** (32 - Number(prefix));
    return new NumberPool({
      first: Math.floor(ipv4Value(address)! / total) * total + 1,
      size: Math.max(0, total - 2),
      reserved: reservedBand(total, { least: 16, most: 256, step: 16 }),
      random: this.#random,
      taken: this.#taken,
    });
  }
}
