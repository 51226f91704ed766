import { Readable, Writable } from 'node:stream';
import type { SignalName } from './process.ts';

/**
 * A terminal's driver between a user's raw bytes and the processes: echo, line editing (cooked mode), signals, and `\n` to
 * `\r\n` on the way out.
 *
 *   ^C SIGINT · ^\ SIGQUIT · ^D end of file (or hand over what is typed) · ^U erase line · ^W erase word · DEL, ^H erase
 *
 * Simplified: always cooked; a real terminal can be switched to raw mode, which shells with history and arrow keys use.
 */
export interface Tty {
  readonly stdin: TtyInput;
  readonly stdout: Writable;
  /** The process group that ^C reaches. */
  foregroundGroup: number;
}

/** A terminal's input: its end of file (^D) is passing, the next reader reads on. */
export class TtyInput extends Readable {
  #ends = 0;

  override _read(): void {}

  markEnd(): void {
    this.#ends++;
    this.emit('readable');
  }

  /** Whether an end of file was typed here; takes it. */
  takeEnd(): boolean {
    if (this.#ends === 0) return false;
    this.#ends--;
    return true;
  }
}

export function attachTty(
  keyboard: Readable,
  screen: Writable,
  signal: (group: number, signal: SignalName) => void,
): Tty {
  let line: string[] = [];
  const decoder = new TextDecoder();
  const stdin = new TtyInput();
  let hungUp = false;
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (screen.destroyed || screen.writableEnded) return done();
      if (screen.write(chunk.includes(0x0a) ? toCrLf(chunk) : chunk)) done();
      else screen.once('drain', done);
    },
  });
  stdout.on('error', () => {});
  const echo = (text: string): void => {
    if (!screen.destroyed && !screen.writableEnded) screen.write(text);
  };
  const tty: Tty = { stdin, stdout, foregroundGroup: 0 };
  const interrupt = (name: SignalName, shown: string): void => {
    line = [];
    echo(`${shown}\r\n`);
    signal(tty.foregroundGroup, name);
  };
  const key = (character: string): void => {
    switch (character) {
      case '\x03':
        return interrupt('SIGINT', '^C');
      case '\x1c':
        return interrupt('SIGQUIT', '^\\');
      case '\x04':
        if (line.length === 0) stdin.markEnd();
        else stdin.push(line.join(''));
        line = [];
        return;
      case '\x15':
        echo('\b \b'.repeat(line.length));
        line = [];
        return;
      case '\x17': {
        const kept = line.join('').replace(/\S*\s*$/, '');
        echo('\b \b'.repeat(line.length - Array.from(kept).length));
        line = Array.from(kept);
        return;
      }
      case '\x7f':
      case '\b':
        if (line.pop() !== undefined) echo('\b \b');
        return;
      case '\r':
      case '\n':
        echo('\r\n');
        stdin.push(`${line.join('')}\n`);
        line = [];
        return;
      default:
        line.push(character);
        echo(character);
    }
  };
  keyboard.on('data', (chunk: Buffer | string) => {
    for (const character of typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))
      if (!hungUp && !stdin.destroyed) key(character);
  });
  const hangUp = (): void => {
    if (hungUp) return;
    hungUp = true;
    if (line.length > 0) stdin.push(line.join(''));
    stdin.push(null);
  };
  keyboard.on('end', hangUp);
  keyboard.on('error', hangUp);
  return tty;
}

const toCrLf = (chunk: Buffer): Buffer => Buffer.from(chunk.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
