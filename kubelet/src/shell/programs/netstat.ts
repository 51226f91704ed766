import { write } from '../../container/standard-io.ts';
import { command } from '../command.ts';

/** `netstat [-tulna]`: the listening sockets, in the columns of net-tools'. Simplified: established connections are not shown. */
export const netstat = command({ letters: 'tulnpaeWr' }, async (process, options) => {
  const wanted = ['TCP', 'UDP'].filter((_, index) => !options.has('t', 'u') || options.has('tu'[index]!));
  await write(
    process,
    `Active Internet connections (${options.has('a') ? 'servers and established' : 'only servers'})\n${row(['Proto', 'Recv-Q', 'Send-Q', 'Local Address', 'Foreign Address', 'State'])}`,
  );
  for (const { protocol, address, port } of process.network.openPorts()) {
    if (!wanted.includes(protocol)) continue;
    const local = `${address}:${port}`;
    await write(
      process,
      row([protocol.toLowerCase(), '0', '0', local, '0.0.0.0:*', protocol === 'TCP' ? 'LISTEN' : '']),
    );
  }
  return 0;
});

const row = ([
  protocol = '',
  received = '',
  sent = '',
  local = '',
  foreign = '',
  state = '',
]: readonly string[]): string =>
  `${protocol.padEnd(5)} ${received.padStart(6)} ${sent.padStart(6)} ${local.padEnd(23)} ${foreign.padEnd(23)} ${state.padEnd(11)}\n`;
