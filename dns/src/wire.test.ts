import packet, { type Packet } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeQuery } from './decode-query.ts';
import { encodeFormatError } from './encode-response.ts';
import { dnsOf } from './testing/dns-of.ts';
import { world } from './testing/world.ts';

const { dns } = await dnsOf(world);

const RECURSION_DESIRED = 0x0100;
const query = (name: string, type: string, more: Partial<Packet> = {}): Buffer =>
  packet.encode({
    type: 'query',
    id: 4711,
    flags: RECURSION_DESIRED,
    questions: [{ name, type: type as 'A', class: 'IN' }],
    ...more,
  });
const opt = (udpPayloadSize: number, ednsVersion = 0) =>
  [
    { type: 'OPT', name: '.', udpPayloadSize, extendedRcode: 0, ednsVersion, flags: 0, flag_do: false, options: [] },
  ] as never;

const respond = (message: Uint8Array, transport: 'udp' | 'tcp' = 'udp'): Buffer =>
  Buffer.from(dns.answerMessage(message, transport) as Uint8Array);

// An independent implementation reads what we write, and writes what we read.
describe('the wire format, read by dns-packet', () => {
  it('carries an answer in the case of the question', () => {
    const response = packet.decode(respond(query('BackEnd.default.svc.cluster.local', 'A')));
    expect(response).toMatchObject({
      id: 4711,
      type: 'response',
      flag_aa: true,
      flag_rd: true,
      flag_ra: false,
      flag_tc: false,
      rcode: 'NOERROR',
      questions: [{ name: 'BackEnd.default.svc.cluster.local', type: 'A' }],
      answers: [{ name: 'BackEnd.default.svc.cluster.local', type: 'A', ttl: 30, data: '10.96.1.1' }],
      additionals: [],
    });
  });

  it.each([
    ['without EDNS, over UDP', undefined, 'udp' as const, 512, true],
    ['with EDNS 1232, over UDP', 1232, 'udp' as const, 1232, true],
    ['with EDNS 4096, over UDP', 4096, 'udp' as const, 4096, false],
    ['over TCP', undefined, 'tcp' as const, 65_535, false],
  ])('%s keeps to the size', (_, size, transport, limit, truncated) => {
    const message = query('big.default.svc.cluster.local', 'A', size === undefined ? {} : { additionals: opt(size) });
    const bytes = respond(message, transport);
    const response = packet.decode(bytes);
    expect(bytes.length).toBeLessThanOrEqual(limit);
    expect(response.flag_tc).toBe(truncated);
    expect(response.answers!.length === 100).toBe(!truncated);
    expect(response.answers!.length).toBeGreaterThan(20);
    expect(response.additionals!.map((record) => record.type)).toEqual(size === undefined ? [] : ['OPT']);
  });

  it('leaves out additional records first, and says so', () => {
    const response = packet.decode(
      respond(query('_http._tcp.big.default.svc.cluster.local', 'SRV', { additionals: opt(8192) })),
    );
    expect(response.answers).toHaveLength(100);
    expect(response.additionals!.length).toBeLessThan(100);
    expect(response).toMatchObject({ flag_tc: true });
  });

  it('keeps the case of each name', () => {
    expect(packet.decode(respond(query('BackEnd.default.svc.cluster.local', 'SRV'), 'tcp'))).toMatchObject({
      answers: [
        { name: 'BackEnd.default.svc.cluster.local', data: { target: 'backend.default.svc.cluster.local' } },
        {},
      ],
      additionals: [{ name: 'backend.default.svc.cluster.local' }],
    });
  });

  it('repeats RD and CD, and the size of the asker', () => {
    const message = query('backend.default.svc.cluster.local', 'A', { flags: 0x0110, additionals: opt(4096) });
    expect(packet.decode(respond(message))).toMatchObject({
      flag_rd: true,
      flag_cd: true,
      additionals: [{ type: 'OPT', udpPayloadSize: 4096 }],
    });
  });
});

describe('decodeQuery', () => {
  const good = query('backend.default.svc.cluster.local', 'A');
  const changed = (change: (bytes: Buffer) => void): Buffer => {
    const bytes = Buffer.from(good);
    change(bytes);
    return bytes;
  };

  it('reads what dns-packet wrote', () => {
    expect(decodeQuery(query('Back\\.end.x', 'AAAA'))).toMatchObject({ type: 28 });
    expect(decodeQuery(good)).toMatchObject({
      id: 4711,
      name: 'backend.default.svc.cluster.local',
      type: 1,
      class: 1,
      repeatedFlags: RECURSION_DESIRED,
      edns: undefined,
    });
    const withEdns = query('a', 'A', { additionals: opt(1400) });
    expect(decodeQuery(withEdns)).toMatchObject({ edns: { version: 0, udpSize: 1400 } });
  });

  it.each([
    ['no question', changed((bytes) => bytes.writeUInt16BE(0, 4)), 4711],
    ['two questions', changed((bytes) => bytes.writeUInt16BE(2, 4)), 4711],
    ['a compressed name', changed((bytes) => bytes.writeUInt16BE(0xc00c, 12)), 4711],
    ['a label of 64 bytes', changed((bytes) => bytes.writeUInt8(64, 12)), 4711],
    ['a cut name', good.subarray(0, 20), 4711],
    ['a cut question', good.subarray(0, good.length - 1), 4711],
    ['bytes after the end', Buffer.concat([good, Buffer.alloc(1)]), 4711],
    ['a record announced that is not there', changed((bytes) => bytes.writeUInt16BE(1, 10)), 4711],
    ['a header cut short', good.subarray(0, 11), undefined],
    ['nothing', Buffer.alloc(0), undefined],
    ['a response', changed((bytes) => bytes.writeUInt8(0x80, 2)), undefined],
  ])('answers %s with FORMERR, or not at all', (_, message, id) => {
    const read = decodeQuery(message);
    expect(read).toMatchObject({ malformed: true });
    const response = encodeFormatError(read as never);
    const seen = response === undefined ? undefined : (packet.decode(response) as object as Packet & { rcode: string });
    expect([seen?.id, seen?.rcode, seen?.type]).toEqual(
      id === undefined ? [undefined, undefined, undefined] : [id, 'FORMERR', 'response'],
    );
  });

  it('takes any bytes without a throw, and answers them with what dns-packet can read', () => {
    const mutated = fc
      .tuple(fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 4 }), fc.nat(60))
      .map(([changes, cut]) => {
        const bytes = query('_http._tcp.big.default.svc.cluster.local', 'SRV', { additionals: opt(1400) });
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        return bytes.subarray(0, bytes.length - (cut > 50 ? cut - 50 : 0));
      });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 80 })), (message) => {
        const response = dns.answerMessage(message, 'udp') as Buffer | undefined;
        expect(response === undefined ? 'response' : packet.decode(response).type).toBe('response');
      }),
      { numRuns: Number(process.env['RUNS'] ?? 2_000) },
    );
  });
});
