import { createHash } from 'node:crypto';
import { absolutePath, complain, programName, readInput, readWhole, write } from '../../container/standard-io.ts';
import { commandPath } from '../../container/executable.ts';
import { SpawnError } from '../../container/process.ts';
import type { Program } from '../../container/process.ts';
import { parseSignal } from '../../container/signals.ts';
import { command, eachOperand, parseOptions, UsageError } from '../command.ts';
import { nameOf } from '../listing.ts';
import { permissionText } from './ls.ts';
import { filesBelow } from './grep.ts';
import { parseDuration } from './sleep.ts';
import { formatTime } from './date.ts';
import { compilePattern } from '../pattern.ts';
import { posixRegExp } from '../regular-expression.ts';

const says =
  (text: string): Program =>
  async (process) => {
    await write(process, `${text}\n`);
    return 0;
  };

/** `true`, `false`, `nproc`, `clear`, `tty`, `uptime`, ... : programs of a line each. */
export const trueProgram: Program = async () => 0;
export const falseProgram: Program = async () => 1;
export const nproc = says('2');
export const clear: Program = async (process) => {
  await write(process, '\x1b[H\x1b[J');
  return 0;
};
export const tty: Program = async (process) => {
  await write(process, process.terminal === undefined ? 'not a tty\n' : '/dev/pts/0\n');
  return process.terminal === undefined ? 1 : 0;
};
export const pwd: Program = async (process) => {
  await write(process, `${process.cwd}\n`);
  return 0;
};

/** `uname [-asnrvm]` */
export const uname = command({ letters: 'asnrvmpio' }, async (process, options) => {
  const facts = {
    s: 'Linux',
    n: process.pod.hostname ?? process.pod.name,
    r: '6.1.0-kubarium',
    v: '#1 SMP Kubarium',
    m: 'x86_64',
    o: 'GNU/Linux',
  };
  const chosen = Object.entries(facts).filter(([letter]) => options.has('a', letter));
  await write(process, `${chosen.length === 0 ? facts.s : chosen.map(([, text]) => text).join(' ')}\n`);
  return 0;
});

/** `uptime` */
export const uptime: Program = async (process) => {
  const { clock } = process.runtime;
  const minutes = Math.floor((clock.now() - (process.processes()[0]?.startedMs ?? clock.now())) / 60_000);
  await write(process, ` ${formatTime(clock.now(), '%T')} up ${minutes} min,  load average: 0.00, 0.00, 0.00\n`);
  return 0;
};

/** `basename path [suffix]` */
export const basename = command({ letters: '+' }, async (process, { operands: [path, suffix] }) => {
  if (path === undefined) throw new UsageError('missing operand');
  const name = path.replace(/(.)\/+$/, '$1').replace(/^.*\/(?=.)/s, '');
  await write(
    process,
    `${suffix !== undefined && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name}\n`,
  );
  return 0;
});

/** `dirname path` */
export const dirname = command({ letters: '+' }, async (process, { operands: [path] }) => {
  if (path === undefined) throw new UsageError('missing operand');
  const above = path
    .replace(/\/+$/, '')
    .replace(/[^/]*$/, '')
    .replace(/(.)\/+$/, '$1');
  await write(process, `${above === '' ? (path.startsWith('/') ? '/' : '.') : above}\n`);
  return 0;
});

/** `which names` */
export const which = command({ letters: 'a' }, async (process, { operands }) => {
  let status = 0;
  for (const name of operands) {
    try {
      await write(process, `${commandPath(process, { argv: [name], env: process.env, cwd: process.cwd })}\n`);
    } catch (error) {
      if (!(error instanceof SpawnError)) throw error;
      status = 1;
    }
  }
  return status;
});

/** `yes [text]`, until nobody reads. */
export const yes: Program = async (process) => {
  const line = `${process.argv.slice(1).join(' ') || 'y'}\n`;
  const block = line.repeat(Math.max(1, Math.floor(4096 / line.length)));
  try {
    for (;;) await write(process, block);
  } catch (error) {
    process.killed.throwIfAborted();
    if (error instanceof Error && error.name === 'BrokenPipeError') return 141;
    throw error;
  }
};

/** `tee [-a] files` */
export const tee = command({ letters: 'ai' }, async (process, options) => {
  const paths = options.operands.map((name) => absolutePath(process, name));
  if (!options.has('a')) for (const path of paths) process.files.writeFile(path, '', { as: process });
  for await (const chunk of readInput(process, '-')) {
    await write(process, chunk);
    for (const path of paths) process.files.writeFile(path, chunk, { append: true, as: process });
  }
  return 0;
});

/** `xargs [-n count] [-I text] [-r] [-0] [command [arguments]]` */
export const xargs = command({ letters: '+n:I:r0tP:L:d:' }, async (process, options) => {
  const text = (await readWhole(process, '-')).toString();
  const perLine = options.has('I') || options.has('L');
  const items = options.has('0')
    ? text.split('\0').filter(Boolean)
    : perLine
      ? text.split('\n').filter(Boolean)
      : Array.from(
          text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g),
          ([, double, single, bare]) => double ?? single ?? bare ?? '',
        );
  const base = options.operands.length === 0 ? ['echo'] : options.operands;
  if (items.length === 0 && (options.has('r') || options.has('I'))) return 0;
  const size = options.has('I') ? 1 : (options.number('n') ?? options.number('L') ?? Math.max(1, items.length));
  let status = 0;
  for (let at = 0; at === 0 || at < items.length; at += size) {
    const group = items.slice(at, at + size);
    const argv = options.has('I')
      ? base.map((word) => word.replaceAll(options.value('I')!, group[0] ?? ''))
      : [...base, ...group];
    try {
      const child = await process.spawn(argv);
      if ((await child.exit) !== 0) status = 123;
    } catch (error) {
      if (!(error instanceof SpawnError)) throw error;
      await complain(
        process,
        `${argv[0]}: ${error.exitCode === 127 ? 'No such file or directory' : 'Permission denied'}`,
      );
      return error.exitCode;
    }
    process.killed.throwIfAborted();
  }
  return status;
});

/** `timeout [-s signal] [-k seconds] duration command`; 124 where the time was up, with busybox's 143 for TERM. */
export const timeout = command({ letters: '+s:k:t:' }, async (process, options) => {
  const [text, ...argv] = options.operands;
  if (text === undefined || argv.length === 0) throw new UsageError('usage: timeout [-s SIG] SECS PROG ARGS');
  const signal = parseSignal(options.value('s') ?? 'TERM');
  if (signal === undefined) throw new UsageError(`bad signal name '${options.value('s')}'`);
  try {
    const child = await process.spawn(argv);
    let expired = false;
    const timer = process.runtime.clock.setTimer(parseDuration(text), () => {
      expired = true;
      child.kill(signal);
    });
    const status = await child.exit;
    timer.cancel();
    return expired ? 124 : status;
  } catch (error) {
    if (!(error instanceof SpawnError)) throw error;
    await complain(process, `can't execute '${argv[0]}': No such file or directory`);
    return error.exitCode;
  }
});

/** `expr a op b ...`: numbers, comparison, `:`, `|`, `&`, length, substr, index. */
export const expr: Program = async (process) => {
  const words = process.argv.slice(1);
  let at = 0;
  const isNumber = (text: string): boolean => /^-?\d+$/.test(text);
  const number = (text: string): bigint => {
    if (!isNumber(text)) throw new UsageError('non-numeric argument', 2);
    return BigInt(text);
  };
  const primary = (): string => {
    const word = words[at++];
    if (word === undefined) throw new UsageError('syntax error', 2);
    if (word === '(') {
      const value = level(0);
      if (words[at++] !== ')') throw new UsageError('syntax error', 2);
      return value;
    }
    if (word === 'length' && words[at] !== undefined) return String(primary().length);
    if (word === 'substr' && words[at] !== undefined) {
      const text = primary();
      const start = Number(primary());
      return text.substr(start - 1, Number(primary()));
    }
    return word;
  };
  const levels: readonly (readonly string[])[] = [
    ['|'],
    ['&'],
    ['=', '==', '!=', '<', '<=', '>', '>='],
    ['+', '-'],
    ['*', '/', '%'],
    [':'],
  ];
  const apply = (left: string, operator: string, right: string): string => {
    const isNull = (text: string): boolean => text === '' || /^-?0+$/.test(text);
    if (operator === '|') return isNull(left) ? (isNull(right) ? '0' : right) : left;
    if (operator === '&') return isNull(left) || isNull(right) ? '0' : left;
    if (operator === ':') {
      const found = new RegExp(`^(?:${posixRegExp(right.replace(/^\^/, ''), 'basic')})`).exec(left);
      return found === null
        ? /\\\(/.test(right)
          ? ''
          : '0'
        : found.length > 1
          ? (found[1] ?? '')
          : String(found[0].length);
    }
    if (/^[=!<>]/.test(operator)) {
      const numeric = isNumber(left) && isNumber(right);
      const order = numeric ? Number(BigInt(left) - BigInt(right)) : left < right ? -1 : left > right ? 1 : 0;
      const verdict = {
        '=': order === 0,
        '==': order === 0,
        '!=': order !== 0,
        '<': order < 0,
        '<=': order <= 0,
        '>': order > 0,
        '>=': order >= 0,
      }[operator];
      return verdict === true ? '1' : '0';
    }
    const [a, b] = [number(left), number(right)];
    if ((operator === '/' || operator === '%') && b === 0n) throw new UsageError('division by zero', 2);
    return String(
      operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : operator === '/' ? a / b : a % b,
    );
  };
  const level = (depth: number): string => {
    if (depth === levels.length) return primary();
    let value = level(depth + 1);
    while (words[at] !== undefined && levels[depth]!.includes(words[at]!))
      value = apply(value, words[at++]!, level(depth + 1));
    return value;
  };
  try {
    const value = level(0);
    if (at < words.length) throw new UsageError('syntax error', 2);
    await write(process, `${value}\n`);
    return value === '' || /^-?0+$/.test(value) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    await complain(process, error.message);
    return error.exitCode;
  }
};

/** `stat [-c format] files` */
export const stat = command({ letters: 'c:Lft' }, (process, options) =>
  eachOperand(
    process,
    options.operands,
    async (name) => {
      const facts = process.files.stat(absolutePath(process, name), { noFollow: !options.has('L') });
      const kind = facts.type === 'file' ? 'regular file' : facts.type === 'symlink' ? 'symbolic link' : 'directory';
      const text = `${facts.type === 'directory' ? 'd' : facts.type === 'symlink' ? 'l' : '-'}${permissionText(facts.mode)}`;
      const user = nameOf(process, '/etc/passwd', facts.uid);
      const group = nameOf(process, '/etc/group', facts.gid);
      const fields: Readonly<Record<string, string>> = {
        a: facts.mode.toString(8),
        A: text,
        u: String(facts.uid),
        g: String(facts.gid),
        U: user,
        G: group,
        s: String(facts.size),
        n: name,
        F: kind,
        Y: String(Math.floor(facts.modifiedMs / 1000)),
        y: formatTime(facts.modifiedMs, '%F %T.000000000 +0000'),
        '%': '%',
      };
      const format = options.value('c');
      await write(
        process,
        format === undefined
          ? `  File: ${name}\n  Size: ${facts.size}\t\t${kind}\nAccess: (${facts.mode.toString(8).padStart(4, '0')}/${text})  Uid: (${String(facts.uid).padStart(5)}/${user.padStart(8)})   Gid: (${String(facts.gid).padStart(5)}/${group.padStart(8)})\nModify: ${fields['y']}\n`
          : `${format.replace(/%([a-zA-Z%])/g, (all, letter: string) => fields[letter] ?? all)}\n`,
      );
    },
    (name, reason) => `can't stat '${name}': ${reason}`,
  ),
);

/** `find [paths] [-name pattern] [-type f|d|l] [-maxdepth n] [-print]` */
export const find: Program = async (process) => {
  const args = process.argv.slice(1);
  const first = args.findIndex((argument) => argument.startsWith('-'));
  const roots = args.slice(0, first === -1 ? undefined : first);
  const value = (name: string): string | undefined => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const unknown = args
    .slice(roots.length)
    .find(
      (argument) =>
        argument.startsWith('-') &&
        !['-name', '-type', '-maxdepth', '-mindepth', '-print', '-iname'].includes(argument),
    );
  if (unknown !== undefined) {
    await complain(process, `unrecognized: ${unknown}`);
    return 1;
  }
  const fits = compilePattern(value('-name') ?? '*');
  const type = value('-type');
  const deepest = Number(value('-maxdepth') ?? Infinity);
  const shallowest = Number(value('-mindepth') ?? 0);
  const visit = async (path: string, depth: number): Promise<void> => {
    const absolute = absolutePath(process, path);
    const facts = process.files.stat(absolute, { noFollow: true });
    const base =
      path
        .replace(/(.)\/+$/, '$1')
        .split('/')
        .at(-1) ?? path;
    if (depth >= shallowest && fits(base) && (type === undefined || facts.type.startsWith(type === 'l' ? 's' : type)))
      await write(process, `${path}\n`);
    if (facts.type === 'directory' && depth < deepest)
      for (const name of process.files.readDirectory(absolute, process))
        await visit(`${path.replace(/\/$/, '')}/${name}`, depth + 1);
  };
  return eachOperand(process, roots.length === 0 ? ['.'] : roots, (root) => visit(root, 0));
};

/** `du [-s] paths`: kilobytes. */
export const du = command({ letters: 'shk' }, (process, { operands }) =>
  eachOperand(process, operands.length === 0 ? ['.'] : operands, async (name) => {
    const bytes = filesBelow(process, name).reduce(
      (sum, path) => sum + process.files.stat(absolutePath(process, path)).size,
      0,
    );
    await write(process, `${Math.ceil(bytes / 1024)}\t${name}\n`);
  }),
);

/** `mount`: lists what is mounted. */
export const mount = command({ letters: 't:o:' }, async (process, { operands }) => {
  if (operands.length > 0) {
    await complain(process, 'permission denied (are you root?)');
    return 1;
  }
  await write(
    process,
    process.files
      .mounts()
      .map(({ path, type, readOnly }) => `${type} on ${path} type ${type} (${readOnly ? 'ro' : 'rw'},relatime)\n`)
      .join(''),
  );
  return 0;
});

/** `df [paths]`: the mounts. Simplified: sizes are made up, nothing is ever full. */
export const df = command({ letters: 'hkTPi' }, async (process) => {
  await write(process, `${'Filesystem'.padEnd(20)} 1K-blocks      Used Available Use% Mounted on\n`);
  for (const { path, type } of process.files.mounts())
    await write(process, `${type.padEnd(20)}  10485760         0  10485760   0% ${path}\n`);
  return 0;
});

/** `base64 [-d] [-w columns] [file]` */
export const base64 = command({ letters: 'dw:iD', long: { decode: 'd', wrap: 'w' } }, async (process, options) => {
  const data = await readWhole(process, options.operands[0] ?? '-');
  if (options.has('d', 'D')) {
    await write(process, Buffer.from(data.toString(), 'base64'));
    return 0;
  }
  const width = options.number('w') ?? 76;
  const text = data.toString('base64');
  await write(process, width === 0 ? text : text.replace(new RegExp(`.{1,${width}}`, 'g'), '$&\n'));
  return 0;
});

/** `md5sum`, `sha1sum`, `sha256sum`, `sha512sum [files]` */
export const checksum = command({ letters: 'bt' }, (process, { operands }) =>
  eachOperand(process, operands.length === 0 ? ['-'] : operands, async (name) => {
    const hash = createHash(programName(process).replace(/sum$/, ''));
    for await (const chunk of readInput(process, name)) hash.update(chunk);
    await write(process, `${hash.digest('hex')}  ${name}\n`);
  }),
);

const printable = (byte: number): string => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.');

/** `hexdump [-C] [file]` */
export const hexdump = command({ letters: 'Cvn:s:' }, async (process, options) => {
  const data = (await readWhole(process, options.operands[0] ?? '-')).subarray(0, options.number('n') ?? undefined);
  for (let at = 0; at < data.length; at += 16) {
    const row = data.subarray(at, at + 16);
    const address = at.toString(16).padStart(options.has('C') ? 8 : 7, '0');
    if (options.has('C')) {
      const cells = Array.from({ length: 16 }, (_cell, i) =>
        row[i] === undefined ? '  ' : row[i].toString(16).padStart(2, '0'),
      );
      await write(
        process,
        `${address}  ${cells.slice(0, 8).join(' ')}  ${cells.slice(8).join(' ')}  |${Array.from(row, printable).join('')}|\n`,
      );
    } else {
      const words = Array.from({ length: Math.ceil(row.length / 2) }, (_word, i) =>
        ((row[2 * i + 1] ?? 0) * 256 + row[2 * i]!).toString(16).padStart(4, '0'),
      );
      await write(process, `${address} ${words.join(' ')}\n`);
    }
  }
  if (data.length > 0) await write(process, `${data.length.toString(16).padStart(options.has('C') ? 8 : 7, '0')}\n`);
  return 0;
});

/** `ss` and `netstat`: the listening sockets. */
export const ss: Program = async (process) => {
  parseOptions(process.argv.slice(1), 'tulnpaexH4');
  await write(process, 'Netid State   Recv-Q Send-Q Local Address:Port  Peer Address:Port\n');
  for (const { protocol, address, port } of process.network.openPorts())
    await write(
      process,
      `${protocol.toLowerCase().padEnd(5)} ${(protocol === 'TCP' ? 'LISTEN' : 'UNCONN').padEnd(7)} 0      0      ${`${address}:${port}`.padStart(18)}  0.0.0.0:*\n`,
    );
  return 0;
};

/** `ip addr`: the pod's addresses. Simplified: nothing else of ip. */
export const ip: Program = async (process) => {
  const object = process.argv.slice(1).find((argument) => !argument.startsWith('-')) ?? '';
  if (!'address'.startsWith(object) || object === '') {
    await complain(process, object === '' ? 'usage: ip addr' : `ip ${object}: Operation not permitted`);
    return 1;
  }
  await write(
    process,
    '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue\n    inet 127.0.0.1/8 scope host lo\n2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue\n',
  );
  for (const address of process.network.addresses)
    await write(
      process,
      `    inet${address.includes(':') ? '6' : ''} ${address}/${address.includes(':') ? 64 : 24} scope global eth0\n`,
    );
  return 0;
};
