import { nameOfAddress } from '../../container/name-of-address.ts';
import { write } from '../../container/standard-io.ts';
import { command, UsageError } from '../command.ts';
import { isReachable, targetAddress } from './icmp-echo.ts';

/**
 * `traceroute [-n] [-m hops] [-w seconds] [-q probes] host`. Simplified: the pod network has no routers that answer, so the way to what
 * can be reached is the bridge of the pod's own node and then the target; for what cannot, nobody answers behind the bridge.
 */
export const traceroute = command({ letters: 'nm:w:q:p:f:s:i:I46' }, async (process, options) => {
  const host = options.operands[0];
  if (host === undefined) throw new UsageError('missing host');
  const address = await targetAddress(process, host);
  if (address === undefined) return 1;
  const hops = options.number('m') ?? 30;
  const probes = options.number('q') ?? 3;
  const waitMs = (options.number('w') ?? 5) * 1000;
  await write(process, `traceroute to ${host} (${address}), ${hops} hops max, 46 byte packets\n`);
  const hopText = async (hop: string): Promise<string> =>
    options.has('n') ? hop : `${(await nameOfAddress(process, hop)) ?? hop} (${hop})`;
  const own = process.network.addresses;
  if (address.startsWith('127.') || own.includes(address)) {
    await write(process, ` 1  ${await hopText(address)}${'  0.000 ms'.repeat(probes)}\n`);
    return 0;
  }
  const bridge = (own[0] ?? '').replace(/\.\d+$/, '.1');
  await write(process, ` 1  ${await hopText(bridge)}${'  0.000 ms'.repeat(probes)}\n`);
  for (let hop = 2; hop <= hops; hop++) {
    let line = '';
    let answered = false;
    for (let probe = 0; probe < probes && !process.killed.aborted; probe++) {
      const startMs = process.runtime.clock.now();
      if (await isReachable(process, address, waitMs)) {
        const took = `  ${(process.runtime.clock.now() - startMs).toFixed(3)} ms`;
        line += answered ? took : `  ${await hopText(address)}${took}`;
        answered = true;
      } else line += '  *';
    }
    await write(process, `${String(hop).padStart(2)}${line}\n`);
    if (answered || process.killed.aborted) return 0;
  }
  return 0;
});
