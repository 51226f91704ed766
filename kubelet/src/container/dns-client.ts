import { ipv6Groups } from '@kubarium/shared';
import type { NetworkNamespace, Runtime, TraceSink } from '@kubarium/shared';
import type { Resource } from 'dns2';
import { Packet } from 'dns2';

export type RecordType = 'A' | 'AAAA' | 'CNAME' | 'SRV' | 'PTR' | 'TXT' | 'NS' | 'SOA' | 'MX' | 'ANY';

export interface DnsQuery {
  readonly server: string;
  readonly port?: number | undefined;
  readonly name: string;
  readonly type: RecordType;
  readonly tcp?: boolean | undefined;
  /** How long to wait for this one answer. */
  readonly timeoutMs: number;
  readonly recursionDesired?: boolean | undefined;
  /** Speaks EDNS 0 (RFC 6891), and takes answers of this size over UDP. */
  readonly ednsUdpSize?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly trace?: TraceSink | undefined;
}

export interface DnsAnswer {
  readonly id: number;
  /** `NOERROR`, `NXDOMAIN`, `SERVFAIL`, ... */
  readonly rcode: string;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionDesired: boolean;
  readonly recursionAvailable: boolean;
  readonly answers: readonly Resource[];
  readonly authorities: readonly Resource[];
  /** Without the OPT record of EDNS. */
  readonly additionals: readonly Resource[];
  /** The size that the server says in EDNS, where it speaks that. */
  readonly ednsUdpSize: number | undefined;
  readonly size: number;
}

/** What a query brings: an answer, or why there is none. */
export type DnsOutcome =
  | { readonly ok: true; readonly answer: DnsAnswer }
  | { readonly ok: false; readonly reason: 'timeout' | 'refused' | 'network' };

interface Host {
  readonly network: NetworkNamespace;
  readonly runtime: Runtime;
}

/** Asks one server once, over UDP or TCP (RFC 1035, 7766). Never rejects; an aborted signal counts as a timeout. */
export function queryDns(host: Host, query: DnsQuery): Promise<DnsOutcome> {
  const id = host.runtime.random.integer(0x1_0000);
  const request = encode(id, query);
  return query.tcp === true ? overTcp(host, query, id, request) : overUdp(host, query, id, request);
}

function overUdp({ network, runtime }: Host, query: DnsQuery, id: number, request: Buffer): Promise<DnsOutcome> {
  return new Promise((resolve) => {
    const finish = (outcome: DnsOutcome): void => {
      timer.cancel();
      query.signal?.removeEventListener('abort', onAbort);
      socket?.[Symbol.dispose]();
      resolve(outcome);
    };
    const onAbort = (): void => finish({ ok: false, reason: 'timeout' });
    const timer = runtime.clock.setTimer(query.timeoutMs, onAbort);
    let socket: ReturnType<NetworkNamespace['bind']> | undefined;
    try {
      socket = network.bind({
        port: 0,
        onDatagram: ({ data, from }) => {
          if (from.address !== query.server) return;
          const answer = decode(Buffer.from(data), id);
          if (answer !== undefined) finish({ ok: true, answer });
        },
        onError: () => finish({ ok: false, reason: 'refused' }),
      });
    } catch {
      return finish({ ok: false, reason: 'network' });
    }
    query.signal?.addEventListener('abort', onAbort);
    socket.send(request, { address: query.server, port: query.port ?? 53 }, query.trace);
  });
}

async function overTcp({ network }: Host, query: DnsQuery, id: number, request: Buffer): Promise<DnsOutcome> {
  let connection;
  try {
    const { server: address, port = 53, timeoutMs, signal, trace } = query;
    connection = await network.connect({ address, port, timeoutMs, signal, trace });
  } catch (error) {
    const timedOut = error instanceof Error && 'code' in error && error.code === 'ETIMEDOUT';
    return { ok: false, reason: timedOut ? 'timeout' : 'refused' };
  }
  try {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(request.length);
    connection.write(Buffer.concat([length, request]));
    let received = Buffer.alloc(0);
    for await (const chunk of connection) {
      received = Buffer.concat([received, chunk as Buffer]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) continue;
      const answer = decode(received.subarray(2, 2 + received.readUInt16BE(0)), id);
      return answer === undefined ? { ok: false, reason: 'network' } : { ok: true, answer };
    }
    return { ok: false, reason: 'network' };
  } catch {
    return { ok: false, reason: 'network' };
  } finally {
    connection.destroy();
  }
}

const OPT = 41;
const HEADER_BYTES = 12;

/** One question (RFC 1035, 4.1), and the room for the answer where it is told (RFC 6891). By hand, since every look-up of every pod asks one. */
function encode(id: number, { name, type, recursionDesired = true, ednsUdpSize }: DnsQuery): Buffer {
  const labels = name.replace(/\.$/, '').split('.');
  const bytes = Buffer.alloc(HEADER_BYTES + Buffer.byteLength(name) + 6);
  bytes.writeUInt16BE(id, 0);
  bytes[2] = recursionDesired ? 1 : 0;
  bytes[5] = 1;
  let at = HEADER_BYTES;
  for (const label of labels) {
    if (label === '') continue;
    const length = bytes.write(label, at + 1);
    bytes[at] = length;
    at += 1 + length;
  }
  at = bytes.writeUInt16BE(Packet.TYPE[type], at + 1);
  const message = bytes.subarray(0, bytes.writeUInt16BE(Packet.CLASS.IN, at));
  if (ednsUdpSize === undefined) return message;
  const opt = Buffer.from([0, 0, OPT, 0, 0, 0, 0, 0, 0, 0, 0]);
  opt.writeUInt16BE(ednsUdpSize, 3);
  message.writeUInt16BE(1, 10);
  return Buffer.concat([message, opt]);
}

const RCODES = new Map<number, string>(Object.entries(Packet.RCODE).map(([name, code]) => [code, name]));

/** Undefined where it is no answer to this query. */
function decode(data: Buffer, id: number): DnsAnswer | undefined {
  let packet;
  try {
    packet = Packet.parse(data);
  } catch {
    return undefined;
  }
  const { header } = packet;
  if (header.id !== id || header.qr !== 1) return undefined;
  return {
    id,
    rcode: RCODES.get(header.rcode) ?? `RCODE${header.rcode}`,
    authoritative: header.aa === 1,
    truncated: header.tc === 1,
    recursionDesired: header.rd === 1,
    recursionAvailable: header.ra === 1,
    answers: packet.answers,
    authorities: packet.authorities,
    additionals: packet.additionals.filter((record) => record.type !== OPT),
    ednsUdpSize: packet.additionals.find((record) => record.type === OPT)?.class,
    size: data.length,
  };
}

/** The name that a reverse query asks for: `2.0.244.10.in-addr.arpa`, or the nibbles under ip6.arpa. */
export function reverseName(address: string): string {
  const groups = ipv6Groups(address);
  if (groups === undefined) return `${address.split('.').toReversed().join('.')}.in-addr.arpa`;
  const nibbles = groups.map((group) => group.toString(16).padStart(4, '0')).join('');
  return `${Array.from(nibbles).toReversed().join('.')}.ip6.arpa`;
}
