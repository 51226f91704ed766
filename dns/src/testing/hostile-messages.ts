import type { Random } from '@kubarium/shared';
import packet from 'dns-packet';

const BASE: readonly Buffer[] = [
  packet.encode({
    type: 'query',
    id: 1,
    questions: [{ name: '_http._tcp.big.default.svc.cluster.local', type: 'SRV' }],
  }),
  packet.encode({
    type: 'query',
    id: 2,
    flags: packet.RECURSION_DESIRED,
    questions: [{ name: 'backend.default.svc.cluster.local', type: 'A' }],
    additionals: [
      { type: 'OPT', name: '.', udpPayloadSize: 1232, ednsVersion: 0, extendedRcode: 0, options: [] },
    ] as never,
  }),
];

/** Messages that nobody should send: queries with bytes changed, cut or added, and plain noise. */
export function* hostileMessages(random: Random, count: number): Generator<Buffer> {
  for (let i = 0; i < count; i++) {
    const noise = (length: number): Buffer => Buffer.from(Array.from({ length }, () => random.integer(256)));
    if (random.integer(4) === 0) {
      yield noise(random.integer(80));
      continue;
    }
    const message = Buffer.concat([BASE[random.integer(BASE.length)]!, noise(random.integer(4) === 0 ? 5 : 0)]);
    for (let change = random.integer(5); change > 0; change--)
      message[random.integer(message.length)] = random.integer(256);
    yield message.subarray(0, random.integer(3) === 0 ? random.integer(message.length) : message.length);
  }
}

/** Whether an implementation that is not ours can read it as a response. */
export const isResponse = (message: Uint8Array): boolean => packet.decode(Buffer.from(message)).type === 'response';
