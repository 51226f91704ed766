import type { DnsAnswer, RecordType } from '../container/dns-client.ts';
import { questionLine, recordData, recordLine } from './dns-text.ts';
import { timeParts } from '../container/time-parts.ts';

/** Which parts of a message are shown (`+noall +answer`, `+short`, ...). */
export interface ShownParts {
  readonly short: boolean;
  readonly comments: boolean;
  readonly question: boolean;
  readonly answer: boolean;
  readonly authority: boolean;
  readonly additional: boolean;
  readonly stats: boolean;
}

/** An answer, and how it was come by. */
export interface Asked {
  readonly question: { readonly name: string; readonly type: RecordType };
  readonly answer: DnsAnswer;
  /** `10.96.0.10#53(10.96.0.10)` */
  readonly server: string;
  readonly transport: 'TCP' | 'UDP';
  readonly tookMs: number;
  readonly nowMs: number;
}

/** A message as BIND's dig shows it. */
export function digMessage({ question, answer, server, transport, tookMs, nowMs }: Asked, shown: ShownParts): string {
  if (shown.short) return shown.answer ? answer.answers.map((record) => `${recordData(record)}\n`).join('') : '';
  const name = question.name.replace(/^\.$/, '');
  let text = shown.comments ? header(name, answer) : '';
  if (shown.comments && answer.ednsUdpSize !== undefined)
    text += `;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: ${answer.ednsUdpSize}\n`;
  if (shown.question) text += section('QUESTION', [questionLine(name, question.type)], shown);
  if (shown.answer) text += section('ANSWER', answer.answers.map(recordLine), shown);
  if (shown.authority) text += section('AUTHORITY', answer.authorities.map(recordLine), shown);
  if (shown.additional) text += section('ADDITIONAL', answer.additionals.map(recordLine), shown);
  if (!shown.stats) return text;
  const { dayName, monthName, day, hour, minute, second, year } = timeParts(nowMs);
  return `${text}${[
    `Query time: ${Math.round(tookMs)} msec`,
    `SERVER: ${server} (${transport})`,
    `WHEN: ${dayName} ${monthName} ${day} ${hour}:${minute}:${second} UTC ${year}`,
    `MSG SIZE  rcvd: ${answer.size}`,
  ]
    .map((line) => `;; ${line}\n`)
    .join('')}\n`;
}

function header(name: string, answer: DnsAnswer): string {
  const { rcode, id, answers, authorities, additionals, ednsUdpSize, recursionDesired, recursionAvailable } = answer;
  const flags = [
    'qr',
    answer.authoritative && 'aa',
    answer.truncated && 'tc',
    recursionDesired && 'rd',
    recursionAvailable && 'ra',
  ];
  const additional = additionals.length + (ednsUdpSize === undefined ? 0 : 1);
  const counts = `QUERY: 1, ANSWER: ${answers.length}, AUTHORITY: ${authorities.length}, ADDITIONAL: ${additional}`;
  const lines = [
    'Got answer:',
    ...(/(^|\.)local$/i.test(name) ? MULTICAST_WARNING : []),
    `->>HEADER<<- opcode: QUERY, status: ${rcode}, id: ${id}`,
    `flags: ${flags.filter(Boolean).join(' ')}; ${counts}`,
    ...(recursionDesired && !recursionAvailable ? ['WARNING: recursion requested but not available'] : []),
  ];
  return `${lines.map((line) => `;; ${line}\n`).join('')}\n`;
}

const MULTICAST_WARNING = [
  'WARNING: .local is reserved for Multicast DNS',
  'You are currently testing what happens when an mDNS query is leaked to DNS',
];

function section(title: string, lines: readonly string[], { comments }: ShownParts): string {
  if (lines.length === 0) return '';
  return comments ? `;; ${title} SECTION:\n${lines.join('')}\n` : lines.join('');
}
