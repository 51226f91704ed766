import { NetError } from '@kubarium/shared';
import type { Process } from '../../container/process.ts';
import { linesOf, readInput, write } from '../../container/standard-io.ts';
import { command } from '../command.ts';
import { dialFirst, resolveHost, ResolveError } from '../http-client.ts';
import { encodeCommand, RespReader } from '../../images/redis/resp.ts';
import type { RespValue } from '../../images/redis/resp.ts';
import { readChunk } from '../../container/standard-io.ts';

/** `redis-cli [-h host] [-p port] [-n db] [command]`; without a command it takes one a line from standard input. */
export const redisCli = command(
  { letters: '+h:p:n:a:xr:i:', long: { raw: 'raw', 'no-auth-warning': 'x' } },
  async (process, options) => {
    const host = options.value('h') ?? '127.0.0.1';
    const port = options.number('p') ?? 6379;
    const fail = async (reason: string): Promise<number> => {
      await write(process, `Could not connect to Redis at ${host}:${port}: ${reason}\n`, process.stderr);
      return 1;
    };
    let connection;
    try {
      connection = await dialFirst(process, await resolveHost(process, host), port);
    } catch (error) {
      if (error instanceof ResolveError) return fail('Name or service not known');
      if (error instanceof NetError)
        return fail(
          error.code === 'ECONNREFUSED'
            ? 'Connection refused'
            : error.code === 'ETIMEDOUT'
              ? 'Connection timed out'
              : error.code,
        );
      throw error;
    }
    const reader = new RespReader();
    const pending: RespValue[] = [];
    const call = async (words: readonly string[]): Promise<RespValue | undefined> => {
      connection.write(encodeCommand(words));
      while (pending.length === 0) {
        const chunk = await readChunk(connection, process.killed);
        if (chunk === undefined) return undefined;
        pending.push(...reader.push(chunk));
      }
      return pending.shift();
    };
    if (options.has('n')) await call(['SELECT', options.value('n')!]);
    const plain = process.terminal === undefined;
    try {
      if (options.operands.length > 0) return await print(process, await call(options.operands), plain);
      let status = 0;
      const prompt = `${host}:${port}> `;
      if (!plain) await write(process, prompt);
      for await (const { text } of linesOf(readInput(process, '-'))) {
        const words = splitWords(text);
        if (/^(quit|exit)$/i.test(words[0] ?? '')) break;
        if (words.length > 0) status = await print(process, await call(words), plain);
        if (!plain) await write(process, prompt);
      }
      return status;
    } finally {
      connection.end();
    }
  },
);

const splitWords = (line: string): string[] =>
  Array.from(
    line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g),
    ([, double, single, bare]) => double?.replace(/\\(.)/g, '$1') ?? single ?? bare ?? '',
  );

async function print(process: Process, value: RespValue | undefined, plain: boolean): Promise<number> {
  if (value === undefined) {
    await write(process, 'Error: Server closed the connection\n', process.stderr);
    return 1;
  }
  await write(process, `${plain ? plainText(value) : prettyText(value, '')}\n`);
  return value.type === 'error' ? 1 : 0;
}

function plainText(value: RespValue): string {
  switch (value.type) {
    case 'array':
      return value.items.map(plainText).join('\n');
    case 'null':
      return '';
    case 'error':
      return value.text;
    case 'integer':
    case 'string':
    case 'simple':
      return String(value.type === 'integer' ? value.number : value.text);
  }
}

function prettyText(value: RespValue, indent: string): string {
  switch (value.type) {
    case 'array':
      return value.items.length === 0
        ? '(empty array)'
        : value.items
            .map((item, i) => `${i === 0 ? '' : indent}${i + 1}) ${prettyText(item, `${indent}   `)}`)
            .join('\n');
    case 'null':
      return '(nil)';
    case 'error':
      return `(error) ${value.text}`;
    case 'integer':
      return `(integer) ${value.number}`;
    case 'simple':
      return value.text;
    case 'string':
      return JSON.stringify(value.text);
  }
}
