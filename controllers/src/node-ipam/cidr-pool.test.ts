import { describe, expect, it } from 'vitest';
import { CidrPool } from './cidr-pool.ts';

describe('CidrPool', () => {
  it('hands out networks in order, past those in use, and the same one to the same holder', () => {
    const pool = new CidrPool('10.244.0.0/16');
    pool.occupy('10.244.1.0/24', 'old');
    expect(['a', 'b', 'a'].map((holder) => pool.allocate(holder))).toEqual([
      '10.244.0.0/24',
      '10.244.2.0/24',
      '10.244.0.0/24',
    ]);
  });

  it('uses a network that was given back only after all others, and says when none is left', () => {
    const pool = new CidrPool('10.0.0.0/22');
    pool.allocate('a');
    pool.release('a');
    expect(['b', 'c', 'd', 'e', 'f'].map((holder) => pool.allocate(holder))).toEqual([
      '10.0.1.0/24',
      '10.0.2.0/24',
      '10.0.3.0/24',
      '10.0.0.0/24',
      undefined,
    ]);
  });

  it('hands out parts of another size', () => {
    const pool = new CidrPool('10.244.0.0/16', 22);
    expect(['a', 'b'].map((holder) => pool.allocate(holder))).toEqual(['10.244.0.0/22', '10.244.4.0/22']);
  });

  it.each(['10.0.0.0', '10.0.0/16', '10.0.0.0/25', 'fd00::/8'])('refuses %s', (network) => {
    expect(() => new CidrPool(network)).toThrow('is not an IPv4 network');
  });
});
