import { makePipe, releaseStream } from '../container/pipe.ts';
import type { Process } from '../container/process.ts';
import { readChunk } from '../container/standard-io.ts';
import type { Command, List } from './ast.ts';
import type { Interpreter } from './interpreter.ts';
import { openRedirects } from './redirect.ts';
import type { Io } from './shell-state.ts';
import { ShellError } from './shell-state.ts';

const MAX_SUBSTITUTION = 16 * 1024 * 1024;

/** What `$( )` stands for; the status is undefined where no command ran. */
export async function commandSubstitution(
  shell: Interpreter,
  body: List,
): Promise<{ readonly text: string; readonly status: number | undefined }> {
  const { process } = shell;
  const only = body.items[0]?.command;
  if (body.items.length === 0) return { text: '', status: undefined };
  if (body.items.length === 1 && only?.type === 'simple' && isFileRead(only)) {
    const { io, release } = await openRedirects(only.redirects, shell.io, process, shell);
    const text = await collect(io.stdin, process);
    release();
    return { text, status: undefined };
  }
  const pipe = makePipe();
  const child = shell.fork(body, { ...shell.io, stdout: pipe.writer });
  releaseStream(pipe.writer);
  const text = await collect(pipe.reader, process);
  releaseStream(pipe.reader);
  return { text, status: await child.exit };
}

async function collect(stream: Io['stdin'], process: Process): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for (let chunk; (chunk = await readChunk(stream, process.killed)) !== undefined;) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_SUBSTITUTION) {
      stream.destroy();
      throw new ShellError('out of memory');
    }
  }
  return Buffer.concat(chunks).toString().replaceAll('\0', '');
}

/** `$(< file)`: no command, the shell reads it itself. */
const isFileRead = (command: Extract<Command, { type: 'simple' }>): boolean =>
  command.words.length === 0 && command.assignments.length === 0 && command.redirects[0]?.operator === '<';
