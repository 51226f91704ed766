import type { Program } from '../../container/process.ts';
import { write } from '../../container/standard-io.ts';
import { parseOptions } from '../command.ts';

/** `ss` and `netstat`: the listening sockets. */
export const ss: Program = async (process) => {
  parseOptions(process.argv.slice(1), 'tulnpaexH4');
  await write(process, 'Netid State   Recv-Q Send-Q Local Address:Port  Peer Address:Port\n');
  for (const { protocol, address, port } of process.network.openPorts())
    await write(
      process,
      `${protocol.toLowerCase().padEnd(5)} ${(protocol === 'TCP' ? 'LISTEN' : 'UNCONN').padEnd(7)} 0      0      ${`${address}:${port}`.padStart(18)}  0.0.0.0:*\n`,
    );
  return 0;
};
