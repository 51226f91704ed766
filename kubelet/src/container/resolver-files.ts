import { FileSystemError, type FileSystem } from './file-system.ts';

/** resolv.conf(5), with glibc's defaults and limits. */
export interface ResolvConf {
  readonly nameservers: readonly string[];
  readonly search: readonly string[];
  readonly ndots: number;
  readonly timeoutSeconds: number;
  readonly attempts: number;
}

/** Reads with what was made of the last texts: each look-up of each pod reads its files, and they hardly ever change. */
function remembering<T>(parse: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    let parsed = known.get(text);
    if (parsed === undefined) {
      if (known.size >= REMEMBERED_TEXTS) known.clear();
      known.set(text, (parsed = parse(text)));
    }
    return parsed;
  };
}

const REMEMBERED_TEXTS = 1_000;

const parseResolvConf = remembering((text): ResolvConf => {
  const nameservers: string[] = [];
  let search: string[] = [];
  let options: string[] = [];
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/);
    if (keyword === 'nameserver' && values[0] !== undefined) nameservers.push(values[0]);
    else if (keyword === 'search') search = values;
    else if (keyword === 'domain') search = values.slice(0, 1);
    else if (keyword === 'options') options = [...options, ...values];
  }
  const option = (name: string, standard: number, largest: number): number => {
    const value = Number(options.findLast((entry) => entry.startsWith(`${name}:`))?.slice(name.length + 1));
    return Number.isInteger(value) && value >= 0 ? Math.min(value, largest) : standard;
  };
  return {
    nameservers: nameservers.slice(0, 3),
    search,
    ndots: option('ndots', 1, 15),
    timeoutSeconds: Math.max(1, option('timeout', 5, 30)),
    attempts: Math.max(1, option('attempts', 2, 5)),
  };
});

export const readResolvConf = (files: FileSystem): ResolvConf => parseResolvConf(textOf(files, '/etc/resolv.conf'));

/**
 * The names that glibc asks for, in order: a name with a dot at its end as it is; one with at least `ndots` dots as it is first,
 * then with the search list; others the other way round.
 */
export function searchCandidates(name: string, { search, ndots }: Pick<ResolvConf, 'search' | 'ndots'>): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const asIs = name;
  const searched = search.map((domain) => `${name}.${domain.replace(/\.$/, '')}`.replace(/\.$/, ''));
  const dots = name.split('.').length - 1;
  return dots >= ndots ? [asIs, ...searched] : [...searched, asIs];
}

/** One line of /etc/hosts. */
export interface HostsEntry {
  readonly address: string;
  readonly names: readonly string[];
}

const parseHosts = remembering((text): readonly HostsEntry[] =>
  text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
    .filter((words) => words.length > 1)
    .map(([address, ...names]) => ({ address: address!, names })),
);

export const readHosts = (files: FileSystem): readonly HostsEntry[] => parseHosts(textOf(files, '/etc/hosts'));

/** Empty where there is no such file. */
function textOf(files: FileSystem, path: string): string {
  try {
    return files.readFile(path).toString();
  } catch (error) {
    if (error instanceof FileSystemError) return '';
    throw error;
  }
}
