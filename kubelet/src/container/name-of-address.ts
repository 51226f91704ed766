import { queryDns, reverseName } from './dns-client.ts';
import type { Process } from './process.ts';
import { readHosts, readResolvConf } from './resolver-files.ts';

/** The name of an address, as getnameinfo finds it: in /etc/hosts, or by a PTR record. Undefined where it has none. */
export async function nameOfAddress(process: Process, address: string): Promise<string | undefined> {
  const known = readHosts(process.files).find((entry) => entry.address === address)?.names[0];
  if (known !== undefined) return known;
  const { nameservers, timeoutSeconds } = readResolvConf(process.files);
  const [server] = nameservers;
  if (server === undefined) return undefined;
  const { killed: signal, trace } = process;
  const query = {
    server,
    name: reverseName(address),
    type: 'PTR',
    timeoutMs: timeoutSeconds * 1000,
    signal,
    trace,
  } as const;
  const outcome = await queryDns(process, query);
  process.killed.throwIfAborted();
  return outcome.ok ? outcome.answer.answers.find(({ domain }) => domain !== undefined)?.domain : undefined;
}
