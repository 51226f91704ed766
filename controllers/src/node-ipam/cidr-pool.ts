/** Hands out the /24 networks of a larger IPv4 network in turn; one given back is used again only after all others. */
export class CidrPool {
  readonly #base: number;
  readonly #count: number;
  readonly #holders = new Map<string, string>();
  #next = 0;

  /** `network` as `10.244.0.0/16`; its prefix is at most 24. */
  constructor(network: string) {
    const [address = '', prefix = ''] = network.split('/');
    const bytes = address.split('.').map(Number);
    if (bytes.length !== 4 || !(Number(prefix) >= 8 && Number(prefix) <= 24)) {
      throw new RangeError(`the pod network ${network} is not an IPv4 network with a prefix from 8 to 24`);
    }
    this.#base = bytes.reduce((value, byte) => value * 256 + byte, 0) / 256;
    this.#count = 2 ** (24 - Number(prefix));
  }

  /** Says that a network is in use, by whomever it was given out. */
  occupy(cidr: string, holder: string): void {
    this.#holders.set(cidr, holder);
  }

  /** A network for the holder, the same one if it has one; undefined where none is left. */
  allocate(holder: string): string | undefined {
    for (const [cidr, owner] of this.#holders) if (owner === holder) return cidr;
    for (let tried = 0; tried < this.#count; tried++) {
      const cidr = this.#cidr(this.#next);
      this.#next = (this.#next + 1) % this.#count;
      if (this.#holders.has(cidr)) continue;
      this.#holders.set(cidr, holder);
      return cidr;
    }
    return undefined;
  }

  release(holder: string): void {
    for (const [cidr, owner] of this.#holders) if (owner === holder) this.#holders.delete(cidr);
  }

  #cidr(index: number): string {
    const value = this.#base + index;
    return `${value >>> 16}.${(value >>> 8) & 255}.${value & 255}.0/24`;
  }
}
