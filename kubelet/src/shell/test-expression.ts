import type { Process } from '../container/process.ts';
import { absolutePath, deviceAt } from '../container/standard-io.ts';
import { isAllowed } from '../container/file-permissions.ts';
import { TtyInput } from '../container/tty.ts';

/*
 * test and [ :
 *
 *   or   = and { '-o' and }
 *   and  = not { '-a' not }
 *   not  = '!' not | '(' or ')' | unary-operator word | word binary-operator word | word
 */

/** What is wrong with the arguments of `test`: status 2. */
export class TestError extends Error {
  override readonly name = 'TestError';
}

const UNARY = new Set('bcdefghknoprstuwxzGLNOS'.split('').map((letter) => `-${letter}`));
const BINARY = new Set(['=', '==', '!=', '<', '>', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot', '-ef']);

/** The verdict of `test`; throws TestError. */
export function evaluateTest(words: readonly string[], process: Process, cwd = process.cwd): boolean {
  let at = 0;
  const primary = (): boolean => {
    const word = words[at];
    if (word === undefined) throw new TestError('argument expected');
    const operator = words[at + 1];
    const right = words[at + 2];
    if (operator !== undefined && right !== undefined && BINARY.has(operator)) {
      at += 3;
      return binaryTest(word, operator, right, process, cwd);
    }
    if (word === '!' && operator !== undefined) {
      at++;
      return !primary();
    }
    if (word === '(' && operator !== undefined) {
      at++;
      const value = or();
      if (words[at++] !== ')') throw new TestError('closing paren expected');
      return value;
    }
    if (UNARY.has(word) && operator !== undefined) {
      at += 2;
      return unaryTest(word, operator, process, cwd);
    }
    at++;
    return word !== '';
  };
  const and = (): boolean => {
    let value = primary();
    while (words[at] === '-a') {
      at++;
      value = primary() && value;
    }
    return value;
  };
  const or = (): boolean => {
    let value = and();
    while (words[at] === '-o') {
      at++;
      value = and() || value;
    }
    return value;
  };
  if (words.length === 0) return false;
  const value = or();
  if (at < words.length) throw new TestError(`${words[at]}: unknown operand`);
  return value;
}

export function unaryTest(operator: string, word: string, process: Process, cwd: string): boolean {
  if (operator === '-z') return word === '';
  if (operator === '-n') return word !== '';
  if (operator === '-t') return process.terminal !== undefined && (word !== '0' || process.stdin instanceof TtyInput);
  const path = absolutePath({ cwd, pid: process.pid }, word);
  const noFollow = operator === '-L' || operator === '-h';
  let stat;
  try {
    stat = process.files.stat(path, { noFollow });
  } catch {
    return false;
  }
  switch (operator) {
    case '-e':
      return true;
    case '-f':
      return stat.type === 'file' && deviceAt(process, path) === undefined;
    case '-d':
      return stat.type === 'directory';
    case '-L':
    case '-h':
      return stat.type === 'symlink';
    case '-s':
      return stat.size > 0;
    case '-c':
      return deviceAt(process, path) !== undefined;
    case '-r':
      return isAllowed({ ...stat, kind: stat.type }, 4, process);
    case '-w':
      return isAllowed({ ...stat, kind: stat.type }, 2, process);
    case '-x':
      return isAllowed({ ...stat, kind: stat.type }, 1, process);
    case '-O':
      return stat.uid === process.uid;
    case '-G':
      return stat.gid === process.gid;
    case '-u':
      return (stat.mode & 0o4000) !== 0;
    case '-g':
      return (stat.mode & 0o2000) !== 0;
    case '-k':
      return (stat.mode & 0o1000) !== 0;
    default:
      return false;
  }
}

export function binaryTest(left: string, operator: string, right: string, process: Process, cwd: string): boolean {
  switch (operator) {
    case '=':
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '-nt':
      return modified(left, process, cwd) > modified(right, process, cwd);
    case '-ot':
      return modified(left, process, cwd) < modified(right, process, cwd);
    case '-ef':
      return (
        realPath(left, process, cwd) !== undefined && realPath(left, process, cwd) === realPath(right, process, cwd)
      );
    default: {
      const [a, b] = [integer(left), integer(right)];
      if (operator === '-eq') return a === b;
      if (operator === '-ne') return a !== b;
      if (operator === '-lt') return a < b;
      if (operator === '-le') return a <= b;
      if (operator === '-gt') return a > b;
      return a >= b;
    }
  }
}

function integer(text: string): bigint {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new TestError(`${text}: bad number`);
  return BigInt(text.trim().replace(/^\+/, ''));
}

function modified(path: string, process: Process, cwd: string): number {
  const absolute = absolutePath({ cwd, pid: process.pid }, path);
  return process.files.exists(absolute) ? process.files.stat(absolute).modifiedMs : -Infinity;
}

function realPath(path: string, process: Process, cwd: string): string | undefined {
  const absolute = absolutePath({ cwd, pid: process.pid }, path);
  return process.files.exists(absolute) ? process.files.realPath(absolute) : undefined;
}
