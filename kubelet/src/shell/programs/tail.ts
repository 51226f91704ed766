import type { Process } from '../../container/process.ts';
import { absolutePath, deviceAt, readWhole, write } from '../../container/standard-io.ts';
import { command, eachOperand } from '../command.ts';

/** `tail [-n lines | -c bytes] [-f | -F] [-q] [files]`; `+n` begins at the n-th. */
export const tail = command(
  { countOption: true, letters: 'n:c:fFqvs:', long: { lines: 'n', bytes: 'c', follow: 'f', quiet: 'q', retry: 'F' } },
  async (process, options) => {
    const spec = options.value('c') ?? options.value('n') ?? '10';
    const { operands } = options;
    const names = operands.length === 0 ? ['-'] : operands;
    let first = true;
    const status = await eachOperand(process, names, async (name) => {
      if (names.length > 1 && !options.has('q')) await write(process, `${first ? '' : '\n'}==> ${name} <==\n`);
      first = false;
      await write(process, lastPart(await readWhole(process, name), spec, options.has('c')));
    });
    if (!options.has('f', 'F')) return status;
    await Promise.all(names.filter((name) => name !== '-').map((name) => follow(process, name)));
    return status;
  },
);

function lastPart(data: Buffer, spec: string, bytes: boolean): Buffer {
  const fromStart = spec.startsWith('+');
  const count = Math.abs(Number(spec)) || 0;
  if (bytes)
    return fromStart
      ? data.subarray(Math.max(0, count - 1))
      : count === 0
        ? data.subarray(data.length)
        : data.subarray(-count);
  if (fromStart) {
    let at = 0;
    for (let line = 1; line < count && at !== -1; line++) at = data.indexOf(0x0a, at) + 1 || -1;
    return at === -1 ? data.subarray(data.length) : data.subarray(at);
  }
  if (count === 0) return data.subarray(data.length);
  let at = data.length - (data.at(-1) === 0x0a ? 1 : 0);
  for (let line = 0; line < count; line++) {
    at = at === 0 ? -1 : data.lastIndexOf(0x0a, at - 1);
    if (at === -1) return data;
  }
  return data.subarray(at + 1);
}

/** Writes what is added to a file, until the process is killed. */
function follow(process: Process, name: string): Promise<never> {
  const path = absolutePath(process, name);
  const size = (): number => (process.files.exists(path) ? process.files.stat(path).size : 0);
  return new Promise((_resolve, reject) => {
    let at = size();
    let writing = Promise.resolve();
    const watcher =
      process.files.exists(path) && deviceAt(process, path) !== undefined
        ? undefined
        : process.files.watch(path, () => {
            writing = writing
              .then(async () => {
                const now = size();
                if (now < at) at = 0;
                if (now === at || process.killed.aborted) return;
                const added = process.files.readFile(path, process).subarray(at, now);
                at = now;
                await write(process, added);
              })
              .catch(reject);
          });
    const end = (): void => {
      watcher?.[Symbol.dispose]();
      reject(process.killed.reason);
    };
    if (process.killed.aborted) end();
    else process.killed.addEventListener('abort', end);
  });
}
