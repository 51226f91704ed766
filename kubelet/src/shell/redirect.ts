import { Readable, Writable } from 'node:stream';
import { FileSystemError } from '../container/file-system.ts';
import { emptyInput, nullOutput, ownStream, releaseStream } from '../container/pipe.ts';
import type { Process } from '../container/process.ts';
import { absolutePath, deviceAt } from '../container/standard-io.ts';
import type { Redirect } from './ast.ts';
import type { Expander } from './expand.ts';
import { expandText } from './expand.ts';
import type { Io } from './shell-state.ts';
import { ShellError } from './shell-state.ts';

/** A redirection that cannot be had: the command is not run, its status is 1. */
export class RedirectError extends Error {
  override readonly name = 'RedirectError';
}

export interface Redirected {
  readonly io: Io;
  /** Lets go of what was opened. */
  readonly release: () => void;
}

type Descriptor = Readable | Writable;

/** Opens the redirections from left to right over what is there. Throws RedirectError. */
export async function openRedirects(
  redirects: readonly Redirect[],
  io: Io,
  process: Process,
  expander: Expander,
): Promise<Redirected> {
  const opened: Descriptor[] = [];
  const open = new Map<number, Descriptor>([[0, io.stdin], [1, io.stdout], [2, io.stderr], ...io.more]);
  const own = (stream: Descriptor): Descriptor => {
    opened.push(ownStream(stream));
    return stream;
  };
  const release = (): void => opened.forEach(releaseStream);
  try {
    for (const redirect of redirects) {
      const text = await expandText(redirect.target, expander);
      const output = redirect.operator.includes('>') && redirect.operator !== '<>';
      const fd = redirect.fd ?? (output ? 1 : 0);
      switch (redirect.operator) {
        case '<<':
        case '<<<':
          open.set(fd, own(inputOf(Buffer.from(redirect.operator === '<<<' ? `${text}\n` : text))));
          break;
        case '<&':
        case '>&':
          if (text === '-') open.delete(fd);
          else if (/^\d+$/.test(text)) {
            const from = open.get(Number(text));
            if (from === undefined) throw new RedirectError(`${text}: Bad file descriptor`);
            open.set(fd, from);
          } else if (redirect.operator === '>&' && redirect.fd === undefined) both(open, own(openOutput(text, false)));
          else throw new ShellError('syntax error: bad fd number');
          break;
        case '&>':
        case '&>>':
          both(open, own(openOutput(text, redirect.operator === '&>>')));
          break;
        case '<':
          open.set(fd, openInput(text));
          break;
        case '<>':
          open.set(fd, fd === 0 ? openInput(text) : openOutput(text, true));
          break;
        case '>':
        case '>|':
        case '>>':
          open.set(fd, openOutput(text, redirect.operator === '>>', redirect.operator === '>'));
          break;
      }
    }
  } catch (error) {
    release();
    throw error;
  }
  const input = open.get(0);
  const stdout = open.get(1);
  const stderr = open.get(2);
  for (const fd of [0, 1, 2]) open.delete(fd);
  return {
    io: {
      stdin: input instanceof Readable ? input : emptyInput(),
      stdout: stdout instanceof Writable ? stdout : nullOutput(),
      stderr: stderr instanceof Writable ? stderr : nullOutput(),
      more: open,
    },
    release,
  };

  function openInput(name: string): Descriptor {
    const path = absolutePath({ cwd: expander.state.cwd, pid: process.pid }, name);
    const descriptor = /^\/dev\/fd\/(\d+)$/.exec(path)?.[1];
    if (descriptor !== undefined) return open.get(Number(descriptor)) ?? emptyInput();
    try {
      const device = deviceAt(process, path);
      if (device === 'stdin' || device === 'tty') return io.stdin;
      if (device === 'null') return own(emptyInput());
      if (device === 'zero' || device === 'random')
        return own(
          new Readable({
            read() {
              this.push(device === 'zero' ? Buffer.alloc(4096) : process.files.readFile(path));
            },
          }),
        );
      return own(inputOf(process.files.readFile(path, process)));
    } catch (error) {
      if (error instanceof FileSystemError)
        throw new RedirectError(`can't open ${name}: ${error.code === 'ENOENT' ? 'no such file' : error.reason}`);
      throw error;
    }
  }

  /** What another process writes to: `> /proc/1/fd/1` adds to the container's log. */
  function outputOf(pid: number, fd: number, name: string): Descriptor {
    const streams = process.streamsOf(pid);
    const output = fd === 1 ? streams?.stdout : fd === 2 ? streams?.stderr : undefined;
    if (output === undefined) throw new RedirectError(`can't create ${name}: nonexistent directory`);
    return output;
  }

  function openOutput(name: string, append: boolean, mayRefuse = false): Descriptor {
    const path = absolutePath({ cwd: expander.state.cwd, pid: process.pid }, name);
    const [, pid, descriptor] = /^\/(?:dev|proc\/(\d+))\/fd\/(\d+)$/.exec(path) ?? [];
    if (pid !== undefined && Number(pid) !== process.pid) return outputOf(Number(pid), Number(descriptor), name);
    if (descriptor !== undefined) return open.get(Number(descriptor)) ?? nullOutput();
    try {
      const device = process.files.exists(path) ? deviceAt(process, path) : undefined;
      if (device === 'stdout' || device === 'tty') return open.get(1) ?? io.stdout;
      if (device === 'stderr') return open.get(2) ?? io.stderr;
      if (device !== undefined) return own(nullOutput());
      if (mayRefuse && expander.state.options.has('noclobber') && process.files.exists(path))
        throw new RedirectError(`can't create ${name}: File exists`);
      return own(fileOutput(process, path, append, 0o666 & ~expander.state.umask));
    } catch (error) {
      if (error instanceof FileSystemError)
        throw new RedirectError(
          `can't create ${name}: ${error.code === 'ENOENT' ? 'nonexistent directory' : error.reason}`,
        );
      throw error;
    }
  }
}

function both(open: Map<number, Descriptor>, stream: Descriptor): void {
  open.set(1, stream);
  open.set(2, stream);
}

/** A stream of bytes that are there already. */
export function inputOf(data: Uint8Array): Readable {
  const stream = new Readable({ read() {} });
  if (data.length > 0) stream.push(data);
  stream.push(null);
  return stream;
}

/** A stream into a file, made or emptied now. Throws FileSystemError. */
function fileOutput(process: Process, path: string, append: boolean, mode: number): Writable {
  process.files.writeFile(path, '', { append, mode, as: process });
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      try {
        process.files.writeFile(path, chunk, { append: true, mode, as: process });
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
}
