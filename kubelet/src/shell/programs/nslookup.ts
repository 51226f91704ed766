import { isIP } from 'node:net';
import type { Resource } from 'dns2';
import { queryDns, reverseName } from '../../container/dns-client.ts';
import type { RecordType } from '../../container/dns-client.ts';
import { readResolvConf, searchCandidates } from '../../container/resolver-files.ts';
import type { Process } from '../../container/process.ts';
import { write } from '../../container/standard-io.ts';
import { recordData } from '../dns-text.ts';
import { command, UsageError } from '../command.ts';

/** `nslookup [-type=T] name [server]`, printing as BIND's; exit code 1 where there is no answer. */
export const nslookup = command({ raw: true }, async (process) => {
  let type: RecordType | undefined;
  const operands: string[] = [];
  let timeoutSeconds = 5;
  for (const argument of process.argv.slice(1)) {
    const [, option, value] = /^-([a-z]+)=(.*)$/i.exec(argument) ?? [];
    if (option !== undefined && /^(type|q|querytype|query)$/i.test(option)) type = value!.toUpperCase() as RecordType;
    else if (option === 'timeout') timeoutSeconds = Number(value) || 5;
    else if (!argument.startsWith('-')) operands.push(argument);
  }
  const [name, serverName] = operands;
  if (name === undefined) throw new UsageError('usage: nslookup [-type=TYPE] HOST [DNS_SERVER]');
  const conf = readResolvConf(process.files);
  const server = serverName === undefined ? conf.nameservers[0] : await serverAddress(process, serverName);
  if (server === undefined) {
    await write(process, `;; connection timed out; no servers could be reached\n\n`);
    return 1;
  }
  const reverse = isIP(name) !== 0;
  const candidates = reverse ? [reverseName(name)] : searchCandidates(name, conf);
  const types: RecordType[] = reverse ? ['PTR'] : type === undefined ? ['A', 'AAAA'] : [type];
  // Names of addresses are told without their server.
  let header = reverse ? '' : `Server:\t\t${server}\nAddress:\t${server}#53\n\n`;
  let failure = 'NXDOMAIN';
  let failedName = name;
  for (const candidate of candidates) {
    const lines: string[] = [];
    let exists = false;
    // An alias that the first answer tells is followed by the next question.
    let asked = candidate;
    let dangling: string | undefined;
    for (const wanted of types) {
      const outcome = await queryDns(process, {
        server,
        name: asked,
        type: wanted,
        timeoutMs: timeoutSeconds * 1000,
        signal: process.killed,
        trace: process.trace,
      });
      process.killed.throwIfAborted();
      if (!outcome.ok) {
        const refused = outcome.reason === 'refused';
        await write(
          process,
          `;; communications error to ${server}#53: ${refused ? 'connection refused' : 'timed out'}\n;; no servers could be reached\n\n`,
        );
        return 1;
      }
      const { answer } = outcome;
      if (exists && answer.rcode !== 'NOERROR') {
        dangling = `** server can't find ${asked}: ${answer.rcode}\n\n`;
        break;
      }
      if (answer.rcode !== 'NOERROR') {
        failure = answer.rcode;
        failedName = candidate;
        break;
      }
      exists = true;
      asked = answer.answers.findLast((record) => record.type === 5)?.domain ?? asked;
      const shown = answer.answers.filter((record) => wanted === 'A' || record.type !== 5 || types.length === 1);
      lines.push(...shown.map((record) => recordLines(record)));
    }
    if (!exists) continue;
    await write(process, header);
    header = '';
    if (dangling !== undefined) {
      await write(process, `${lines.join('')}${dangling}`);
      return 1;
    }
    if (lines.length === 0) {
      await write(process, `*** Can't find ${candidate}: No answer\n\n`);
      return 1;
    }
    await write(process, `${lines.join('')}\n`);
    return 0;
  }
  await write(
    process,
    `${header}** server can't find ${failure === 'NXDOMAIN' && !reverse ? name.replace(/\.$/, '') : failedName}: ${failure}\n\n`,
  );
  return 1;
});

async function serverAddress(process: Process, name: string): Promise<string | undefined> {
  if (isIP(name) !== 0) return name;
  const found = await process.resolver.lookup(name, process.trace);
  return found.ok ? found.addresses[0] : undefined;
}

function recordLines(record: Resource): string {
  switch (record.type) {
    case 1:
    case 28:
      return `Name:\t${record.name}\nAddress: ${record.address}\n`;
    case 5:
      return `${record.name}\tcanonical name = ${record.domain}.\n`;
    case 12:
      return `${record.name}\tname = ${record.domain}.\n`;
    case 33:
      return `${record.name}\tservice = ${record.priority} ${record.weight} ${record.port} ${record.target}.\n`;
    case 16:
      return `${record.name}\ttext = ${recordData(record)}\n`;
    case 2:
      return `${record.name}\tnameserver = ${record.ns}.\n`;
    case 6: {
      const { primary, admin, serial, refresh, retry, expiration, minimum } = record;
      const lines = { origin: primary, 'mail addr': admin, serial, refresh, retry, expire: expiration, minimum };
      return `${record.name}\n${Object.entries(lines)
        .map(([name, value]) => `\t${name} = ${value}\n`)
        .join('')}`;
    }
    default:
      return `${record.name}\ttype ${record.type}\n`;
  }
}
