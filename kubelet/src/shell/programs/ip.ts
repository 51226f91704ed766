import type { Program } from '../../container/process.ts';
import { complain, write } from '../../container/standard-io.ts';

/** `ip addr`: the pod's addresses. Simplified: nothing else of ip. */
export const ip: Program = async (process) => {
  const object = process.argv.slice(1).find((argument) => !argument.startsWith('-')) ?? '';
  if (!'address'.startsWith(object) || object === '') {
    await complain(process, object === '' ? 'usage: ip addr' : `ip ${object}: Operation not permitted`);
    return 1;
  }
  await write(
    process,
    '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue\n    inet 127.0.0.1/8 scope host lo\n2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue\n',
  );
  for (const address of process.network.addresses)
    await write(
      process,
      `    inet${address.includes(':') ? '6' : ''} ${address}/${address.includes(':') ? 64 : 24} scope global eth0\n`,
    );
  return 0;
};
