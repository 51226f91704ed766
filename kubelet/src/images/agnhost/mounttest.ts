import { sleep } from '@kubarium/shared';
import { FileSystemError } from '../../container/file-system.ts';
import type { Process } from '../../container/process.ts';
import { write } from '../../container/standard-io.ts';
import { permissionText } from '../../shell/programs/ls.ts';
import type { SubCommand } from './agnhost.ts';
import type { Flags } from './flags.ts';

/** One flag's work on its path; the order below is upstream's. */
type Probe = (process: Process, path: string, flags: Flags) => Promise<void>;

/** What Go says of a failed call. */
const goError = (call: string, path: string, error: FileSystemError): string =>
  `${call} ${path}: ${error.reason.toLowerCase()}`;

class ProbeFailure extends Error {
  override readonly name = 'ProbeFailure';
}

const say = (process: Process, text: string): Promise<void> => write(process, `${text}\n`);

async function attempt<Value>(
  process: Process,
  path: string,
  call: string,
  words: string,
  body: () => Value,
): Promise<Value> {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    await say(process, `error ${words} ${path}: ${goError(call, path, error)}`);
    throw new ProbeFailure();
  }
}

const newFile =
  (mode: number): Probe =>
  async (process, path, flags) => {
    await attempt(process, path, 'open', 'creating', () =>
      process.files.writeFile(path, 'mount-tester new file\n', { mode, as: process }),
    );
    await readContent(process, path, flags);
  };

const readContent: Probe = async (process, path) => {
  const content = await attempt(process, path, 'open', 'reading file content for', () =>
    process.files.readFile(path, process),
  );
  await say(process, `content of file "${path}": ${content.toString()}`);
};

const PROBES: readonly (readonly [flag: string, probe: Probe])[] = [
  [
    'fs_type',
    async (process, path) => {
      const mount = process.files
        .mounts()
        .filter(({ path: at }) => path === at || path.startsWith(`${at.replace(/\/$/, '')}/`))
        .toSorted((a, b) => b.path.length - a.path.length)[0];
      await say(
        process,
        mount?.type === 'tmpfs'
          ? `mount type of "${path}": tmpfs`
          : `mount type of "${path}": ${mount?.type ?? 'overlay'}`,
      );
    },
  ],
  ['new_file_0644', newFile(0o644)],
  ['new_file_0666', newFile(0o666)],
  ['new_file_0660', newFile(0o660)],
  ['new_file_0777', newFile(0o777)],
  [
    'file_mode',
    async (process, path) => {
      const { mode, type } = await attempt(process, path, 'stat', 'looking up', () => process.files.stat(path));
      const special = `${(mode & 0o4000) !== 0 ? 'u' : ''}${(mode & 0o2000) !== 0 ? 'g' : ''}${(mode & 0o1000) !== 0 ? 't' : ''}`;
      const kind = type === 'directory' ? `d${special}` : special || '-';
      await say(process, `mode of file "${path}": ${kind}${permissionText(mode & 0o777)}`);
    },
  ],
  [
    'file_perm',
    async (process, path) => {
      const { mode } = await attempt(process, path, 'stat', 'looking up', () => process.files.stat(path));
      await say(process, `perms of file "${path}": -${permissionText(mode & 0o777)}`);
    },
  ],
  [
    'file_owner',
    async (process, path) => {
      const { uid, gid } = await attempt(process, path, 'stat', 'looking up', () => process.files.stat(path));
      await say(process, `owner UID of "${path}": ${uid}\nowner GID of "${path}": ${gid}`);
    },
  ],
  ['file_content', readContent],
  [
    'file_content_in_loop',
    async (process, path, flags) => {
      const endMs = process.runtime.clock.now() + flags.number('retry_time', 180) * 1000;
      const expected = flags.text('break_on_expected_content') === 'false' ? undefined : flags.text('expected_content');
      while (process.runtime.clock.now() < endMs) {
        try {
          const content = process.files.readFile(path, process).toString();
          await say(process, `content of file "${path}": ${content}`);
          if (expected !== undefined && content === expected) return;
        } catch (error) {
          if (!(error instanceof FileSystemError)) throw error;
          await say(process, `Error reading file ${path}: ${goError('open', path, error)}, retrying`);
        }
        await sleep(process.runtime.clock, 2000, process.killed);
      }
    },
  ],
];

/** `mounttest`: looks at mounted files and prints what upstream's tests compare. */
export const mounttest: SubCommand = async (process, flags) => {
  let status = 0;
  for (const [flag, probe] of PROBES)
    for (const path of (flags.text(flag) ?? '').split(',').filter(Boolean)) {
      try {
        await probe(process, path, flags);
      } catch (error) {
        if (!(error instanceof ProbeFailure)) throw error;
        status = 1;
      }
    }
  return status;
};
