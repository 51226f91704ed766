import { ipv4Text, ipv4Value, isLoopback, type Service } from '@kubarium/shared';

/** Where load balancer addresses come from: 127.1.0.0/16, loopback, which Linux answers without any set-up. */
const FIRST = ipv4Value('127.1.0.1')!;
const COUNT = 65_534;

/**
 * The address of a Service's load balancer: `spec.loadBalancerIP` where it is a free loopback address, else one by the Service's name,
 * so that a Service that is made again gets the same one; where it is taken, the next free one. Undefined where all are taken.
 */
export function loadBalancerAddress(
  { metadata, spec }: Pick<Service, 'metadata' | 'spec'>,
  isTaken: (address: string) => boolean,
): string | undefined {
  const wished = spec.loadBalancerIP ?? '';
  if (isLoopback(wished) && wished !== '127.0.0.1' && ipv4Value(wished) !== undefined && !isTaken(wished))
    return wished;
  const start = hash(`${metadata.namespace}/${metadata.name}`) % COUNT;
  for (let step = 0; step < COUNT; step++) {
    const address = ipv4Text(FIRST + ((start + step) % COUNT));
    if (!isTaken(address)) return address;
  }
  return undefined;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}
