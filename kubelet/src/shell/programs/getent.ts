import { isIP } from 'node:net';
import { nameOfAddress } from '../../container/name-of-address.ts';
import { readHosts } from '../../container/resolver-files.ts';
import { write } from '../../container/standard-io.ts';
import { command, UsageError } from '../command.ts';

/** `getent hosts|ahosts|ahostsv4|passwd|group [keys]`; exit code 2 where one is not found. */
export const getent = command({}, async (process, { operands: [database, ...keys] }) => {
  switch (database) {
    case 'hosts':
    case 'ahosts':
    case 'ahostsv4':
    case 'ahostsv6': {
      const hosts = readHosts(process.files);
      if (keys.length === 0) {
        for (const { address, names } of hosts) await write(process, `${address.padEnd(15)} ${names.join(' ')}\n`);
        return 0;
      }
      for (const key of keys) {
        const entry = hosts.find(({ address, names }) => address === key || names.includes(key));
        if (database === 'hosts' && entry !== undefined) {
          await write(process, `${entry.address.padEnd(15)} ${entry.names.join(' ')}\n`);
          continue;
        }
        if (database === 'hosts' && isIP(key) !== 0) {
          const name = await nameOfAddress(process, key);
          if (name === undefined) return 2;
          await write(process, `${key.padEnd(15)} ${name}\n`);
          continue;
        }
        const found = await process.resolver.lookup(key, process.trace);
        if (!found.ok) return 2;
        for (const [i, address] of found.addresses.entries())
          if (database === 'hosts') await write(process, `${address.padEnd(15)} ${found.canonicalName}\n`);
          else
            for (const [j, kind] of ['STREAM', 'DGRAM', 'RAW'].entries())
              await write(
                process,
                `${address.padEnd(15)} ${kind.padEnd(6)} ${i === 0 && j === 0 ? found.canonicalName : ''}\n`,
              );
      }
      return 0;
    }
    case 'passwd':
    case 'group': {
      const lines = process.files.readFile(`/etc/${database}`, process).toString().split('\n').filter(Boolean);
      if (keys.length === 0) await write(process, lines.map((line) => `${line}\n`).join(''));
      for (const key of keys) {
        const line = lines.find((candidate) => candidate.split(':')[0] === key || candidate.split(':')[2] === key);
        if (line === undefined) return 2;
        await write(process, `${line}\n`);
      }
      return 0;
    }
    default:
      throw new UsageError(database === undefined ? 'wrong number of arguments' : `Unknown database: ${database}`);
  }
});
