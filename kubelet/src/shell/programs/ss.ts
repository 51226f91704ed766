import { write } from '../../container/standard-io.ts';
import { command } from '../command.ts';

/**
 * `ss [-tulnaH]`: the listening sockets, in the columns of iproute2's. Simplified: established connections and the processes behind
 * the sockets are not shown.
 */
export const ss = command({ letters: 'tulnpaexH46oimO' }, async (process, options) => {
  const wanted = ['TCP', 'UDP'].filter((_, index) => !options.has('t', 'u') || options.has('tu'[index]!));
  const sockets = process.network.openPorts().filter(({ protocol }) => wanted.includes(protocol));
  const rows = sockets.map(({ protocol, address, port }) => [
    protocol.toLowerCase(),
    protocol === 'TCP' ? 'LISTEN' : 'UNCONN',
    '0',
    '0',
    address,
    String(port),
    '0.0.0.0',
    '*',
  ]);
  const titles = ['Netid', 'State', 'Recv-Q', 'Send-Q', 'Local Address', 'Port', 'Peer Address', 'Port'];
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const line = (words: readonly string[]): string => {
    const [netid, state, received, sent, local, localPort, peer, peerPort] = words.map((word, column) =>
      column === 4 || column === 6 ? word.padStart(widths[column]!) : word.padEnd(widths[column]!),
    );
    return `${wanted.length > 1 ? `${netid} ` : ''}${state} ${received} ${sent} ${local}:${localPort} ${peer}:${peerPort}`;
  };
  if (!options.has('H')) await write(process, `${line(titles)}Process\n`);
  await write(process, rows.map((row) => `${line(row)}       \n`).join(''));
  return 0;
});
