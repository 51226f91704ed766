import { parseDuration, type SocketAddress } from '@kubarium/shared';
import { isIP } from 'node:net';
import { InvalidArgumentError, Option } from 'commander';

/** Every command that speaks to a cluster finds it by its state folder. */
export const dataDirOption = (): Option =>
  new Option('--data-dir <dir>', 'the folder with all of the cluster’s state').default('.kubarium');

/** A whole number in a range, or a usage error that names the range. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return value;
  };

/** A duration as Go writes it (`90s`, `1h30m`), in milliseconds, or a usage error. */
export function duration(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) throw new InvalidArgumentError('It must be a duration such as 90s, 5m or 1h30m.');
  return milliseconds;
}

/** An address to listen at, or a usage error. */
export function ipAddress(text: string): string {
  if (isIP(text) === 0 || text.includes('%')) {
    throw new InvalidArgumentError('It must be an IP address: 127.0.0.1, or 0.0.0.0 for all of this machine.');
  }
  return text;
}

/** A DNS server's address, with port 53 unless told otherwise (`192.0.2.1`, `192.0.2.1:5353`, `[2001:db8::1]:53`), or a usage error. */
export function dnsServer(text: string): SocketAddress {
  const [, bracketed, bare, port = '53'] =
    /^(?:\[(.+)\]|([^:]+|[0-9a-fA-F:]+:[0-9a-fA-F:]*))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const address = bracketed ?? bare ?? '';
  if (isIP(address) === 0 || Number(port) < 1 || Number(port) > 65_535) {
    throw new InvalidArgumentError(
      'It must be an IP address, with a port where it is not 53: 192.0.2.1 or 192.0.2.1:5353.',
    );
  }
  return { address, port: Number(port) };
}
