import { isIP } from 'node:net';
import { queryDns, reverseName } from '../../container/dns-client.ts';
import type { DnsAnswer, RecordType } from '../../container/dns-client.ts';
import { readResolvConf, searchCandidates } from '../../container/resolver-files.ts';
import type { Process } from '../../container/process.ts';
import { write } from '../../container/standard-io.ts';
import { UsageError } from '../command.ts';
import { recordData, recordLine } from '../dns-text.ts';
import { timeParts } from '../listing.ts';

const TYPES: ReadonlySet<string> = new Set(['A', 'AAAA', 'CNAME', 'SRV', 'PTR', 'TXT', 'NS', 'SOA', 'MX', 'ANY']);

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
  time: 5,
  tries: 3,
};
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
      else if (TYPES.has(argument.toUpperCase()) && name !== undefined) type = argument.toUpperCase() as RecordType;
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
      return 10;
    }
    address = found.addresses[0]!;
  }
  if (settings.cmd && !settings.short)
    await write(
      process,
      `\n; <<>> DiG 9.18.24 <<>> ${args.join(' ')}\n${server === undefined ? '' : '; (1 server found)\n'};; global options: +cmd\n`,
    );
  let status = 0;
  for (const question of questions) status = (await ask(process, question, { ...settings, address, port })) || status;
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
    case undefined:
      throw new UsageError(`Invalid option: +${text}`);
    default:
      if (name in settings && typeof settings[name as keyof Settings] === 'boolean')
        Object.assign(settings, { [name]: on });
      // What is about EDNS, colours and the like changes nothing here.
      else if (
        !/^(edns|cookie|dnssec|ttlid|multiline|identify|nssearch|ignore|aaonly|adflag|cdflag|bufsize|ndots|domain|showsearch|keepopen|fail|besteffort|ttlunits|yaml|class|rrcomments|qr|unknownformat|crypto|subnet|nsid|expire|padding|mapped|sigchase|trace|trusted|split|onesoa|opcode|header)/.test(
          name,
        )
      )
        throw new UsageError(`Invalid option: +${text}`);
  }
}

async function ask(
  process: Process,
  question: Question,
  options: Settings & { address: string; port: number },
): Promise<number> {
  const conf = readResolvConf(process.files);
  const candidates = options.search ? searchCandidates(question.name, conf) : [question.name.replace(/(.)\.$/, '$1')];
  const startedMs = process.runtime.clock.now();
  for (const [i, name] of candidates.entries()) {
    let answer: DnsAnswer | undefined;
    for (let attempt = 0; attempt < options.tries && answer === undefined; attempt++) {
      const query = {
        server: options.address,
        port: options.port,
        name,
        type: question.type,
        tcp: options.tcp,
        timeoutMs: options.time * 1000,
        recursionDesired: options.recurse,
        signal: process.killed,
        trace: process.trace,
      };
      let outcome = await queryDns(process, query);
      if (outcome.ok && outcome.answer.truncated && !options.tcp) {
        if (!options.short && options.comments) await write(process, ';; Truncated, retrying in TCP mode.\n');
        outcome = await queryDns(process, { ...query, tcp: true });
      }
      process.killed.throwIfAborted();
      if (outcome.ok) answer = outcome.answer;
      else {
        const words = { timeout: 'timed out', refused: 'connection refused', network: 'end of file' }[outcome.reason];
        await write(process, `;; communications error to ${options.address}#${options.port}: ${words}\n`);
      }
    }
    if (answer === undefined) {
      await write(
        process,
        `\n; <<>> DiG 9.18.24 <<>> ${process.argv.slice(1).join(' ')}\n;; global options: +cmd\n;; no servers could be reached\n`,
      );
      return 9;
    }
    const found = answer.rcode === 'NOERROR' && answer.answers.length > 0;
    if (found || i === candidates.length - 1) {
      await print(process, { ...question, name }, answer, options, process.runtime.clock.now() - startedMs);
      return 0;
    }
  }
  return 0;
}

async function print(
  process: Process,
  question: Question,
  answer: DnsAnswer,
  options: Settings & { address: string; port: number },
  tookMs: number,
): Promise<void> {
  if (options.short) {
    if (options.answer) for (const record of answer.answers) await write(process, `${recordData(record)}\n`);
    return;
  }
  const additionals = answer.additionals.filter((record) => record.type !== 41);
  const flags = [
    'qr',
    answer.authoritative && 'aa',
    answer.truncated && 'tc',
    answer.recursionDesired && 'rd',
    answer.recursionAvailable && 'ra',
  ];
  if (options.comments)
    await write(
      process,
      `;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: ${answer.rcode}, id: ${answer.id}\n;; flags: ${flags.filter(Boolean).join(' ')}; QUERY: 1, ANSWER: ${answer.answers.length}, AUTHORITY: ${answer.authorities.length}, ADDITIONAL: ${additionals.length}\n\n`,
    );
  if (options.question) {
    if (options.comments) await write(process, ';; QUESTION SECTION:\n');
    await write(process, `;${`${question.name.replace(/^\.$/, '')}.`.padEnd(30)} IN\t${question.type}\n\n`);
  }
  for (const [title, wanted, records] of [
    ['ANSWER', options.answer, answer.answers],
    ['AUTHORITY', options.authority, answer.authorities],
    ['ADDITIONAL', options.additional, additionals],
  ] as const) {
    if (!wanted || records.length === 0) continue;
    if (options.comments) await write(process, `;; ${title} SECTION:\n`);
    await write(process, records.map(recordLine).join(''));
    if (options.comments) await write(process, '\n');
  }
  if (options.stats) {
    const { dayName, monthName, day, hour, minute, second, year } = timeParts(process.runtime.clock.now());
    await write(
      process,
      `;; Query time: ${Math.round(tookMs)} msec\n;; SERVER: ${options.address}#${options.port}(${options.address}) (${options.tcp ? 'TCP' : 'UDP'})\n;; WHEN: ${dayName} ${monthName} ${day} ${hour}:${minute}:${second} UTC ${year}\n;; MSG SIZE  rcvd: ${answer.size}\n\n`,
    );
  }
}
