/** Hands out the parts of an IPv4 network in turn, all of one size; one given back is used again only after all others. */
export class CidrPool {
  readonly #base: number;
  readonly #count: number;
  readonly #partPrefix: number;
  readonly #holders = new Map<string, string>();
  #next = 0;

  /** `network` as `10.244.0.0/16`; its prefix is at most that of its parts. */
  constructor(network: string, partPrefix = 24) {
    const [address = '', prefix = ''] = network.split('/');
    const bytes = address.split('.').map(Number);
    if (bytes.length !== 4 || !(Number(prefix) >= 8 && Number(prefix) <= partPrefix)) {
      throw new RangeError(`the pod network ${network} is not an IPv4 network with a prefix from 8 to ${partPrefix}`);
    }
    this.#base = bytes.reduce((value, byte) => value * 256 + byte, 0);
    this.#count = 2 ** (partPrefix - Number(prefix));
    this.#partPrefix = partPrefix;
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
    const value = this.#base + index * 2 ** (32 - this.#partPrefix);
    return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}/${this.#partPrefix}`;
  }
}
