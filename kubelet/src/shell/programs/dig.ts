import { isIP } from 'node:net';
import { queryDns, reverseName } from '../../container/dns-client.ts';
import type { DnsAnswer, DnsQuery, RecordType } from '../../container/dns-client.ts';
import { readResolvConf, searchCandidates } from '../../container/resolver-files.ts';
import type { Process } from '../../container/process.ts';
import { write } from '../../container/standard-io.ts';
import { UsageError } from '../command.ts';
import { digMessage } from '../dig-message.ts';

const TYPES: ReadonlySet<string> = new Set(['A', 'AAAA', 'CNAME', 'SRV', 'PTR', 'TXT', 'NS', 'SOA', 'MX', 'ANY']);

type Lookup = Readonly<Settings> & { readonly address: string; readonly port: number };

interface Question {
  readonly name: string;
  readonly type: RecordType;
}

const DEFAULTS = {
  short: false,
  search: false,
  all: true,
  comments: true,
  question: true,
  answer: true,
  authority: true,
  additional: true,
  stats: true,
  cmd: true,
  tcp: false,
  recurse: true,
  edns: true,
  bufsize: 1232,
  time: 5,
  tries: 3,
};
const VERSION = '9.18.24';
type Settings = { -readonly [Key in keyof typeof DEFAULTS]: (typeof DEFAULTS)[Key] };

/** `dig [@server] [-x address] [-t type] [-p port] [name] [type] [+options]`, printing as BIND's. */
export async function dig(process: Process): Promise<number> {
  const args = process.argv.slice(1);
  const settings: Settings = { ...DEFAULTS };
  const questions: Question[] = [];
  let server: string | undefined;
  let port = 53;
  let type: RecordType = 'A';
  let name: string | undefined;
  try {
    for (let at = 0; at < args.length; at++) {
      const argument = args[at]!;
      if (argument.startsWith('@')) server = argument.slice(1);
      else if (argument.startsWith('+')) applyOption(settings, argument.slice(1));
      else if (argument === '-x') questions.push({ name: reverseName(args[++at] ?? ''), type: 'PTR' });
      else if (argument === '-p') port = Number(args[++at]);
      else if (argument === '-t') type = (args[++at] ?? 'A').toUpperCase() as RecordType;
      else if (argument === '-q') name = args[++at];
      else if (argument === '-4' || argument === '-6' || argument.toUpperCase() === 'IN') continue;
      else if (argument.startsWith('-')) throw new UsageError(`Invalid option: ${argument}`);
      else if (TYPES.has(argument.toUpperCase())) type = argument.toUpperCase() as RecordType;
      else {
        if (name !== undefined) questions.push({ name, type });
        name = argument;
      }
    }
    if (!TYPES.has(type)) throw new UsageError(`unknown type ${type}`);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    await write(process, `${error.message}\nUsage:  dig [@global-server] [domain] [q-type] {q-opt}\n`, process.stderr);
    return 1;
  }
  if (name !== undefined) questions.push({ name, type });
  if (questions.length === 0) questions.push({ name: '.', type: 'NS' });
  const conf = readResolvConf(process.files);
  let address = server ?? conf.nameservers[0] ?? '127.0.0.1';
  if (isIP(address) === 0) {
    const found = await process.resolver.lookup(address, process.trace);
    if (!found.ok) {
      await write(process, `dig: couldn't get address for '${address}': not found\n`, process.stderr);
      return 1;
    }
    address = found.addresses[0]!;
  }
  const lookup: Lookup = { ...settings, address, port };
  // Before the first answer, but after what goes wrong on the way to it.
  let greeting =
    settings.cmd && !settings.short
      ? `\n; <<>> DiG ${VERSION} <<>> ${args.join(' ')}\n${server === undefined ? '' : '; (1 server found)\n'};; global options: +cmd\n`
      : '';
  let status = 0;
  for (const question of questions) {
    const text = await ask(process, question, lookup);
    await write(process, `${greeting}${text ?? ';; no servers could be reached\n'}`);
    if (text === undefined) status = 9;
    greeting = '';
  }
  return status;
}

function applyOption(settings: Settings, text: string): void {
  const [, no, name, value] = /^(no)?([a-z]+)(?:=(.*))?$/i.exec(text) ?? [];
  const on = no === undefined;
  switch (name) {
    case 'all':
      for (const key of ['comments', 'question', 'answer', 'authority', 'additional', 'stats', 'cmd'] as const)
        settings[key] = on;
      break;
    case 'vc':
      settings.tcp = on;
      break;
    case 'time':
    case 'timeout':
      settings.time = Number(value) || 1;
      break;
    case 'tries':
      settings.tries = Number(value) || 1;
      break;
    case 'retry':
      settings.tries = Number(value ?? 2) + 1;
      break;
    case 'rec':
      settings.recurse = on;
      break;
    case 'bufsize':
      settings.bufsize = Number(value) || 0;
      break;
    case undefined:
      throw new UsageError(`Invalid option: +${text}`);
    default:
      if (name in settings && typeof settings[name as keyof Settings] === 'boolean')
        Object.assign(settings, { [name]: on });
      // What is about EDNS, colours and the like changes nothing here.
      else if (
        !/^(cookie|dnssec|ttlid|multiline|identify|nssearch|ignore|aaonly|adflag|cdflag|ndots|domain|showsearch|keepopen|fail|besteffort|ttlunits|yaml|class|rrcomments|qr|unknownformat|crypto|subnet|nsid|expire|padding|mapped|sigchase|trace|trusted|split|onesoa|opcode|header)/.test(
          name,
        )
      )
        throw new UsageError(`Invalid option: +${text}`);
  }
}

/** Asks for a name, and for those of the search list with `+search`; undefined where no server answers. */
async function ask(process: Process, question: Question, lookup: Lookup): Promise<string | undefined> {
  const conf = readResolvConf(process.files);
  const candidates = lookup.search ? searchCandidates(question.name, conf) : [question.name.replace(/(.)\.$/, '$1')];
  const { clock } = process.runtime;
  const startedMs = clock.now();
  for (const [i, name] of candidates.entries()) {
    const found = await askOnce(process, { ...question, name }, lookup);
    if (found === undefined) return undefined;
    if (found.answer.rcode !== 'NOERROR' && i < candidates.length - 1) continue;
    const nowMs = clock.now();
    const server = `${lookup.address}#${lookup.port}(${lookup.address})`;
    return digMessage({ ...found, question: { ...question, name }, server, tookMs: nowMs - startedMs, nowMs }, lookup);
  }
  return undefined;
}

async function askOnce(
  process: Process,
  { name, type }: Question,
  lookup: Lookup,
): Promise<{ readonly answer: DnsAnswer; readonly transport: 'TCP' | 'UDP' } | undefined> {
  const query: DnsQuery = {
    server: lookup.address,
    port: lookup.port,
    name,
    type,
    timeoutMs: lookup.time * 1000,
    recursionDesired: lookup.recurse,
    ednsUdpSize: lookup.edns && lookup.bufsize > 0 ? lookup.bufsize : undefined,
    signal: process.killed,
    trace: process.trace,
  };
  let { tcp } = lookup;
  for (let attempt = 0; attempt < lookup.tries; attempt++) {
    let outcome = await queryDns(process, { ...query, tcp });
    if (outcome.ok && outcome.answer.truncated && !tcp) {
      if (!lookup.short && lookup.comments) await write(process, ';; Truncated, retrying in TCP mode.\n');
      tcp = true;
      outcome = await queryDns(process, { ...query, tcp });
    }
    process.killed.throwIfAborted();
    if (outcome.ok) return { answer: outcome.answer, transport: tcp ? 'TCP' : 'UDP' };
    const words = { timeout: 'timed out', refused: 'connection refused', network: 'end of file' }[outcome.reason];
    await write(process, `;; communications error to ${lookup.address}#${lookup.port}: ${words}\n`);
  }
  return undefined;
}
