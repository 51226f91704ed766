import type { Volume } from './file-system.ts';
import type { DirectoryNode, FileNode, Node } from './inode.ts';
import { makeDirectoryNode, makeFileNode } from './inode.ts';
import { KERNEL_VERSION } from './kernel-version.ts';
import type { ProcessTable, SimulatedProcess } from './process-table.ts';

/**
 * /proc, made as it is read. Simplified: the few files that scripts look at; `self` is replaced by whoever opens the path.
 */
export const procVolume = (table: ProcessTable): Volume => ({ type: 'proc', root: new ProcDirectory(table) });

/** Its root: most containers' programs never look into it. */
class ProcDirectory implements DirectoryNode {
  readonly kind = 'directory';
  mode = 0o555;
  uid = 0;
  gid = 0;
  modifiedMs: number;
  shared = false;
  readonly #table: ProcessTable;
  #entries: ProcEntries | undefined;

  constructor(table: ProcessTable) {
    this.#table = table;
    this.modifiedMs = table.context.runtime.clock.now();
  }

  get entries(): Map<string, Node> {
    return (this.#entries ??= procEntries(this.#table, this.modifiedMs));
  }
}

function procEntries(table: ProcessTable, startedMs: number): ProcEntries {
  const { runtime } = table.context;
  const uptime = (): string => {
    const seconds = ((runtime.clock.now() - startedMs) / 1000).toFixed(2);
    return `${seconds} ${seconds}\n`;
  };
  const fixed = new Map<string, Node>([
    ['uptime', file(startedMs, uptime)],
    ['version', file(startedMs, () => `Linux version ${KERNEL_VERSION} (simulated)\n`)],
    ['loadavg', file(startedMs, () => '0.00 0.00 0.00 1/1 1\n')],
    ['mounts', file(startedMs, () => mountLines(table))],
    ['meminfo', file(startedMs, () => 'MemTotal:        8388608 kB\nMemFree:         4194304 kB\n')],
    ['cpuinfo', file(startedMs, () => 'processor\t: 0\nmodel name\t: Kubarium simulated CPU\n')],
  ]);
  return new ProcEntries(
    () => [...table.processes().map(({ pid }) => String(pid)), ...fixed.keys()],
    (name) => fixed.get(name) ?? processDirectory(table, name),
  );
}

/** A directory whose entries are asked for, not kept. */
class ProcEntries extends Map<string, Node> {
  readonly #names: () => string[];
  readonly #get: (name: string) => Node | undefined;

  constructor(names: () => string[], get: (name: string) => Node | undefined) {
    super();
    this.#names = names;
    this.#get = get;
  }

  override get(name: string): Node | undefined {
    return this.#get(name);
  }

  override keys(): MapIterator<string> {
    return this.#names()[Symbol.iterator]() as MapIterator<string>;
  }

  override set(): this {
    return this;
  }

  override delete(): boolean {
    return false;
  }
}

function processDirectory(table: ProcessTable, name: string): DirectoryNode | undefined {
  const process = /^[1-9]\d*$/.test(name) ? table.find(Number(name)) : undefined;
  if (process === undefined) return undefined;
  const directory = makeDirectoryNode(process.startedMs, 0o555, process.uid, process.gid);
  const add = (entry: string, read: () => string): unknown =>
    directory.entries.set(entry, file(process.startedMs, read));
  add('cmdline', () => process.argv.map((argument) => `${argument}\0`).join(''));
  add('comm', () => `${commandName(process)}\n`);
  add('environ', () =>
    Object.entries(process.env)
      .map(([key, value]) => `${key}=${value}\0`)
      .join(''),
  );
  add('status', () => statusText(process));
  add('stat', () => `${process.pid} (${commandName(process)}) S ${process.parentPid} ${process.group} 0 0\n`);
  add('mounts', () => mountLines(table));
  add('cgroup', () => '0::/\n');
  return directory;
}

const commandName = (process: SimulatedProcess): string => (process.argv[0] ?? '').replace(/^.*\//, '').slice(0, 15);

const statusText = (process: SimulatedProcess): string =>
  [
    `Name:\t${commandName(process)}`,
    'Umask:\t0022',
    'State:\tS (sleeping)',
    `Pid:\t${process.pid}`,
    `PPid:\t${process.parentPid}`,
    `Uid:\t${Array(4).fill(process.uid).join('\t')}`,
    `Gid:\t${Array(4).fill(process.gid).join('\t')}`,
    `Groups:\t${process.groups.join(' ')}`,
    'NoNewPrivs:\t0',
    'Cpus_allowed_list:\t0-1',
    '',
  ].join('\n');

const mountLines = (table: ProcessTable): string =>
  table.context.files
    .mounts()
    .map(({ path, type, readOnly }) => `${type} ${path} ${type} ${readOnly ? 'ro' : 'rw'},relatime 0 0\n`)
    .join('');

const file = (modifiedMs: number, read: () => string): FileNode => ({
  ...makeFileNode(modifiedMs, 0o444),
  read: () => Buffer.from(read()),
});
