/**
 * Hands out the addresses of a node's podCIDR (IPv4) in a circle: a freed address comes last, so that nobody who still has it
 * in mind reaches a stranger. The network's own address, the gateway (.1) and the broadcast address are never given.
 */
export class PodIpAllocator {
  readonly #base: number;
  readonly #size: number;
  readonly #taken = new Set<number>();
  #next = 2;

  /** Throws where the text is no IPv4 range of at least four addresses. */
  constructor(podCidr: string) {
    const [address = '', bits = ''] = podCidr.split('/');
    const parts = address.split('.').map(Number);
    const prefix = Number(bits);
    const isValid =
      parts.length === 4 &&
      parts.every((part) => Number.isInteger(part) && part >= 0 && part <= 255) &&
      bits !== '' &&
      Number.isInteger(prefix) &&
      prefix >= 8 &&
      prefix <= 30;
    if (!isValid) throw new Error(`podCIDR ${podCidr} is not an IPv4 range between /8 and /30`);
    this.#size = 2 ** (32 - prefix);
    const value = parts.reduce((sum, part) => sum * 256 + part, 0);
    this.#base = value - (value % this.#size);
  }

  /** The next free address, or undefined where all are taken. */
  allocate(): string | undefined {
    const usable = this.#size - 3;
    for (let tried = 0; tried < usable; tried++) {
      const offset = this.#next;
      this.#next = offset + 1 >= this.#size - 1 ? 2 : offset + 1;
      if (this.#taken.has(offset)) continue;
      this.#taken.add(offset);
      return text(this.#base + offset);
    }
    return undefined;
  }

  /** Begins after the highest of these addresses, which were in use before: what starts anew gets another address. */
  beginAfter(addresses: readonly string[]): void {
    const offsets = addresses
      .map((address) => this.#offset(address))
      .filter((offset) => offset >= 2 && offset < this.#size - 1);
    if (offsets.length === 0) return;
    const next = Math.max(...offsets) + 1;
    this.#next = next >= this.#size - 1 ? 2 : next;
  }

  /** Gives an address back; one that is not taken is ignored. */
  release(address: string): void {
    this.#taken.delete(this.#offset(address));
  }

  #offset(address: string): number {
    return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) - this.#base;
  }
}

const text = (value: number): string =>
  [
    Math.floor(value / 2 ** 24) % 256,
    Math.floor(value / 2 ** 16) % 256,
    Math.floor(value / 256) % 256,
    value % 256,
  ].join('.');
