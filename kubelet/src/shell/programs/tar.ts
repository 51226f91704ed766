import { dateAt } from '@kubarium/shared';
import { extract, pack, type Header, type Pack } from 'tar-stream';
import { FileSystemError, type FileSystem } from '../../container/file-system.ts';
import type { Process } from '../../container/process.ts';
import { absolutePath, readWhole, write } from '../../container/standard-io.ts';
import { command, parseOptions, UsageError, type Options } from '../command.ts';

/**
 * `tar -c|-x|-t [-v] [-f archive] [-C directory] [files]`: what `kubectl cp` needs, and its users. Names lose their leading slash.
 * Simplified: no compression, no devices; owners and times of extracted files are not restored.
 */
export const tar = command({ raw: true }, (process, { operands: [first = '', ...rest] }) => {
  // The oldest spelling has no dash: `tar xf archive`.
  const options = parseOptions([first.startsWith('-') ? first : `-${first}`, ...rest], 'cxtvf:C:mpoz', LONG_OPTIONS);
  if (options.has('z')) throw new UsageError('compressed archives are not supported');
  if (options.has('c')) return create(process, options);
  if (options.has('x', 't')) return readArchive(process, options);
  throw new UsageError('one of -c, -x or -t is needed');
});

const LONG_OPTIONS = {
  create: 'c',
  extract: 'x',
  list: 't',
  verbose: 'v',
  file: 'f',
  directory: 'C',
  'no-same-owner': 'o',
};

async function create(process: Process, options: Options): Promise<number> {
  if (options.operands.length === 0) throw new UsageError('empty archive');
  const base = directory(process, options);
  const archive = pack();
  for (const name of options.operands) add(process.files, archive, base, name);
  archive.finalize();
  const target = options.value('f') ?? '-';
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive as AsyncIterable<Uint8Array>) {
    if (target === '-') await write(process, chunk);
    else chunks.push(chunk);
  }
  if (target !== '-') process.files.writeFile(absolutePath(process, target), Buffer.concat(chunks), { as: process });
  return 0;
}

function add(files: FileSystem, archive: Pack, base: string, name: string): void {
  const path = join(base, name);
  const { type, mode, uid, gid, modifiedMs } = files.stat(path, { noFollow: true });
  const header: Partial<Header> & { name: string } = {
    name: name.replace(/^\/+/, ''),
    mode,
    uid,
    gid,
    mtime: dateAt(modifiedMs),
    type,
  };
  if (type === 'symlink') archive.entry({ ...header, linkname: files.readLink(path) });
  else if (type === 'file') archive.entry(header, files.readFile(path));
  else {
    archive.entry({ ...header, name: `${header.name}/` });
    for (const child of files.readDirectory(path)) add(files, archive, base, `${name.replace(/\/$/, '')}/${child}`);
  }
}

async function readArchive(process: Process, options: Options): Promise<number> {
  const base = directory(process, options);
  const source = options.value('f') ?? '-';
  const parser = extract();
  parser.end(await readWhole(process, source));
  for await (const entry of parser) {
    const data: Uint8Array[] = [];
    for await (const chunk of entry as AsyncIterable<Uint8Array>) data.push(chunk);
    if (options.has('t', 'v'))
      await write(process, `${entry.header.name}\n`, options.has('t') ? process.stdout : process.stderr);
    if (options.has('x')) unpack(process, base, entry.header, Buffer.concat(data));
  }
  return 0;
}

function unpack({ files, uid, gid, groups }: Process, base: string, header: Header, data: Buffer): void {
  const as = { uid, gid, groups };
  // An archive stays below the folder that it is unpacked into.
  const name = header.name
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .join('/');
  const path = join(base, name);
  const mode = header.mode ?? 0o644;
  if (header.type === 'directory') {
    if (!files.exists(path)) files.makeDirectory(path, { recursive: true, mode, as });
    return;
  }
  const parent = path.slice(0, path.lastIndexOf('/')) || '/';
  if (!files.exists(parent)) files.makeDirectory(parent, { recursive: true, as });
  if (header.type === 'symlink') {
    if (files.exists(path)) files.remove(path, { as });
    files.symlink(header.linkname ?? '', path);
  } else if (header.type === 'file') files.writeFile(path, data, { mode, as });
}

/** Where names begin: the folder of `-C`, which must be there. */
function directory(process: Process, options: Options): string {
  const name = options.value('C');
  if (name === undefined) return process.cwd;
  const path = absolutePath(process, name);
  try {
    process.files.readDirectory(path);
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    throw new UsageError(`can't change directory to '${name}': ${error.reason}`);
  }
  return path;
}

const join = (base: string, name: string): string =>
  name.startsWith('/') ? name : `${base.replace(/\/$/, '')}/${name}`;
