import { programName, write } from '../../container/standard-io.ts';
import { command } from '../command.ts';
import { knownName } from '../account-names.ts';

/** `id [-u | -g | -G] [-n]`, and `whoami`. */
export const id = command({ letters: 'ugGnr' }, async (process, options) => {
  const { uid, gid } = process;
  const groups = [gid, ...process.groups.filter((group) => group !== gid)];
  const user = (number: number): string => knownName(process, '/etc/passwd', number) ?? String(number);
  const group = (number: number): string => knownName(process, '/etc/group', number) ?? String(number);
  const named = options.has('n');
  const labelled = (number: number, name: string | undefined): string =>
    `${number}${name === undefined ? '' : `(${name})`}`;
  const text =
    programName(process) === 'whoami'
      ? user(uid)
      : options.has('u')
        ? named
          ? user(uid)
          : String(uid)
        : options.has('g')
          ? named
            ? group(gid)
            : String(gid)
          : options.has('G')
            ? groups.map((number) => (named ? group(number) : String(number))).join(' ')
            : `uid=${labelled(uid, knownName(process, '/etc/passwd', uid))} gid=${labelled(gid, knownName(process, '/etc/group', gid))}${uid === 0 || groups.length > 1 ? ` groups=${groups.map((number) => labelled(number, knownName(process, '/etc/group', number))).join(',')}` : ''}`;
  await write(process, `${text}\n`);
  return 0;
});
