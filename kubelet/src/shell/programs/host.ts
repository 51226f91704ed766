import { isIP } from 'node:net';
import { queryDns, reverseName } from '../../container/dns-client.ts';
import type { RecordType } from '../../container/dns-client.ts';
import { readResolvConf, searchCandidates } from '../../container/resolver-files.ts';
import { write } from '../../container/standard-io.ts';
import { command, UsageError } from '../command.ts';
import { recordData } from '../dns-text.ts';

const WORDS: Readonly<Record<number, string>> = {
  1: 'has address',
  28: 'has IPv6 address',
  5: 'is an alias for',
  12: 'domain name pointer',
  33: 'has SRV record',
  16: 'descriptive text',
};

/** `host [-t type] name [server]` */
export const host = command({ letters: 't:vaTW:' }, async (process, options) => {
  const [name, given] = options.operands;
  if (name === undefined) throw new UsageError('usage: host [-t type] name [server]');
  const conf = readResolvConf(process.files);
  const server = given ?? conf.nameservers[0] ?? '127.0.0.1';
  const reverse = isIP(name) !== 0;
  const types = reverse
    ? ['PTR' as const]
    : options.has('t')
      ? [options.value('t')!.toUpperCase() as RecordType]
      : (['A', 'AAAA'] as const);
  if (given !== undefined)
    await write(process, `Using domain server:\nName: ${given}\nAddress: ${given}#53\nAliases: \n\n`);
  let rcode = 'NXDOMAIN';
  for (const candidate of reverse ? [reverseName(name)] : searchCandidates(name, conf)) {
    let exists = false;
    let found = false;
    for (const type of types) {
      const outcome = await queryDns(process, {
        server,
        name: candidate,
        type,
        tcp: options.has('T'),
        timeoutMs: 5000,
        signal: process.killed,
        trace: process.trace,
      });
      process.killed.throwIfAborted();
      if (!outcome.ok) {
        await write(process, ';; connection timed out; no servers could be reached\n');
        return 1;
      }
      rcode = outcome.answer.rcode;
      if (rcode !== 'NOERROR') break;
      exists = true;
      for (const record of outcome.answer.answers) {
        if (record.type === 5 && type === 'AAAA') continue;
        found = true;
        await write(process, `${record.name} ${WORDS[record.type] ?? 'has record'} ${recordData(record)}\n`);
      }
    }
    if (!exists) continue;
    if (!found) await write(process, `${candidate} has no ${types[0]} record\n`);
    return 0;
  }
  await write(process, `Host ${name} not found: 3(${rcode})\n`);
  return 1;
});
