import { Socket as DatagramSocket } from 'node:dgram';
import dns from 'node:dns';
import { BlockList, isIP, Socket } from 'node:net';

/** What a process that is kept on its machine says before it would have left it. */
export const LEAVES = 'this process leaves its machine:';

/** The environment of a process that is kept on its machine: each connection, datagram and question for a name that leads elsewhere fails. */
export const LOOPBACK_ONLY: Readonly<Record<string, string>> = {
  NODE_OPTIONS: `--import=${import.meta.url}`,
  KUBARIUM_TEST_LOOPBACK_ONLY: 'yes',
};

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function check(host: unknown): void {
  const name = typeof host === 'string' ? host : 'localhost';
  if (name === 'localhost' || (isIP(name) !== 0 && loopback.check(name, isIP(name) === 6 ? 'ipv6' : 'ipv4'))) return;
  process.stderr.write(`${LEAVES} ${name}\n`);
  throw new Error(`${LEAVES} ${name}`);
}

type Method = (...args: unknown[]) => unknown;

/** Looks at the host in a method's arguments before each call. */
function guard(owner: object, method: string, hostOf: (args: readonly unknown[]) => unknown): void {
  const methods = owner as Record<string, Method>;
  const original = methods[method]!;
  methods[method] = function guarded(this: unknown, ...args: unknown[]): unknown {
    check(hostOf(args));
    return original.apply(this, args);
  };
}

/** `connect(options)`, `connect(port, host)`, or the same as one list, as Node's own callers hand them on. */
function connectHost(args: readonly unknown[]): unknown {
  const [first, second] = (Array.isArray(args[0]) ? args[0] : args) as unknown[];
  return typeof first === 'object' && first !== null ? (first as { host?: unknown }).host : second;
}

if (process.env['KUBARIUM_TEST_LOOPBACK_ONLY'] !== undefined) {
  guard(Socket.prototype, 'connect', connectHost);
  guard(DatagramSocket.prototype, 'connect', ([, address]) => address);
  guard(DatagramSocket.prototype, 'send', (args) => args.find((one, index) => index > 0 && typeof one === 'string'));
  guard(dns, 'lookup', ([name]) => name);
  guard(dns.promises, 'lookup', ([name]) => name);
}
