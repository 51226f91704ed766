import { isIP } from 'node:net';
import type { Process } from '../../container/process.ts';
import { write } from '../../container/standard-io.ts';
import type { Program } from '../../container/process.ts';

/** A network interface, as iproute2 sees it. */
interface Interface {
  readonly index: number;
  readonly name: string;
  /** `eth0@if7`: the other end is an interface of the node. */
  readonly shown: string;
  readonly flags: string;
  readonly mtu: number;
  readonly state: 'UNKNOWN' | 'UP';
  readonly queue: string;
  readonly link: string;
  readonly addresses: readonly { readonly cidr: string; readonly rest: string }[];
}

/**
 * `ip [-4|-6|-br|-o] addr|route|link|neigh`, printing as iproute2's. Simplified: what it would change is not permitted; networks are
 * /24, as those of the nodes' pods are by default.
 */
export const ip: Program = async (process) => {
  const words = process.argv.slice(1);
  const options = new Set(words.filter((word) => word.startsWith('-')));
  const [object, ...rest] = words.filter((word) => !word.startsWith('-'));
  if (object === undefined) {
    await write(process, 'Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n', process.stderr);
    return 255;
  }
  const [name] = Object.keys(OBJECTS).filter((candidate) => candidate.startsWith(object));
  if (name === undefined) {
    await write(process, `Object "${object}" is unknown, try "ip help".\n`, process.stderr);
    return 1;
  }
  if (/^(add|del|delete|set|replace|change|flush|append)$/.test(rest[0] ?? '')) {
    await write(process, 'RTNETLINK answers: Operation not permitted\n', process.stderr);
    return 2;
  }
  const args = rest.filter((word) => !/^(show|list|ls|sh|s|dev)$/.test(word));
  return OBJECTS[name]!(process, args, options);
};

type Show = (process: Process, args: readonly string[], options: ReadonlySet<string>) => Promise<number>;

/** By their names; the first that begins with what was written is meant. */
const OBJECTS: Readonly<Record<string, Show>> = {
  address: (process, args, options) =>
    each(process, args[0], (one) => {
      const family = options.has('-4') ? isIPv4 : options.has('-6') ? isIPv6 : () => true;
      const addresses = one.addresses.filter(({ cidr }) => family(cidr));
      if (options.has('-br')) return `${brief(one)}${addresses.map(({ cidr }) => `${cidr} `).join('')}\n`;
      const lines = addresses.map(({ cidr, rest }) => `inet${isIPv6(cidr) ? '6' : ''} ${cidr} ${rest}`);
      if (options.has('-o'))
        return lines.map((line) => `${one.index}: ${one.name}    ${line}\\       ${LIFETIME}\n`).join('');
      if (options.has('-6') && lines.length === 0) return '';
      const link = options.has('-4') || options.has('-6') ? '' : `    ${one.link}\n`;
      return `${heading(one, '')}${link}${lines.map((line) => `    ${line}\n       ${LIFETIME}\n`).join('')}`;
    }),
  link: (process, args, options) =>
    each(process, args[0], (one) =>
      options.has('-br')
        ? `${brief(one)}${one.link.split(' ')[1]} <${one.flags}> \n`
        : `${heading(one, 'mode DEFAULT ')}    ${one.link}\n`,
    ),
  route: async (process, args, options) => {
    const [source] = process.network.addresses;
    if (source === undefined || options.has('-6')) return 0;
    const network = source.replace(/\d+$/, '');
    if (args[0] === 'get') return routeTo(process, args[1] ?? '', source, network);
    await write(
      process,
      `default via ${network}1 dev eth0 \n${network}0/24 dev eth0 proto kernel scope link src ${source} \n`,
    );
    return 0;
  },
  neighbour: () => Promise.resolve(0),
};

const LIFETIME = 'valid_lft forever preferred_lft forever';
const isIPv6 = (text: string): boolean => text.includes(':');
const isIPv4 = (text: string): boolean => !isIPv6(text);

async function routeTo(process: Process, to: string, source: string, network: string): Promise<number> {
  if (isIP(to) !== 4) {
    await write(process, `Error: any valid prefix is expected rather than "${to}".\n`, process.stderr);
    return 1;
  }
  const isLocal = to === source || to.startsWith('127.');
  const way = isLocal
    ? `local ${to} dev lo src ${to}`
    : `${to} ${to.startsWith(network) ? '' : `via ${network}1 `}dev eth0 src ${source}`;
  await write(process, `${way} uid 0 \n    cache ${isLocal ? '<local> ' : ''}\n`);
  return 0;
}

async function each(process: Process, name: string | undefined, show: (one: Interface) => string): Promise<number> {
  const chosen = interfaces(process).filter((one) => name === undefined || one.name === name);
  if (chosen.length === 0) {
    await write(process, `Device "${name}" does not exist.\n`, process.stderr);
    return 1;
  }
  await write(process, chosen.map(show).join(''));
  return 0;
}

const heading = ({ index, shown, flags, mtu, state, queue }: Interface, mode: string): string =>
  `${index}: ${shown}: <${flags}> mtu ${mtu} qdisc noqueue state ${state} ${mode}group default ${queue}\n`;

const brief = ({ shown, state }: Interface): string => `${shown.padEnd(16)} ${state.padEnd(14)} `;

function interfaces({ network }: Process): Interface[] {
  const lo: Interface = {
    index: 1,
    name: 'lo',
    shown: 'lo',
    flags: 'LOOPBACK,UP,LOWER_UP',
    mtu: 65_536,
    state: 'UNKNOWN',
    queue: 'qlen 1000',
    link: 'link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00',
    addresses: [{ cidr: '127.0.0.1/8', rest: 'scope host lo' }],
  };
  const [first = ''] = network.addresses;
  // The hardware address that the bridge plugin of CNI gives: 0a:58 and the IP address.
  const hardware = first.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  const eth0: Interface = {
    index: 2,
    name: 'eth0',
    shown: 'eth0@if2',
    flags: 'BROADCAST,MULTICAST,UP,LOWER_UP',
    mtu: 1500,
    state: 'UP',
    queue: '',
    link: `link/ether 0a:58:${hardware.join(':')} brd ff:ff:ff:ff:ff:ff link-netnsid 0`,
    addresses: network.addresses.map((address) =>
      isIPv6(address)
        ? { cidr: `${address}/64`, rest: 'scope global ' }
        : { cidr: `${address}/24`, rest: `brd ${address.replace(/\d+$/, '255')} scope global eth0` },
    ),
  };
  return first === '' ? [lo] : [lo, eth0];
}
