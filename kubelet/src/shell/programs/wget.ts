import { NetError } from '@kubarium/shared';
import { absolutePath, write } from '../../container/standard-io.ts';
import { command, UsageError } from '../command.ts';
import {
  deadline,
  dialFirst,
  exchangeHttp,
  parseHttpUrl,
  resolveHost,
  ResolveError,
  startTls,
} from '../http-client.ts';
import { parseDuration } from './sleep.ts';

/** `wget [-q] [-S] [-O file] [-T seconds] [-t tries] [-U agent] [--header h] [--post-data d] [--spider] URL`, talking as busybox's. */
export const wget = command(
  {
    letters: 'qSO:T:t:U:cP:Y:',
    long: {
      quiet: 'q',
      'server-response': 'S',
      'output-document': 'O',
      timeout: 'T',
      tries: 't',
      'user-agent': 'U',
      header: 'header:',
      'post-data': 'post-data:',
      spider: 'spider',
      'no-check-certificate': 'insecure',
      'no-verbose': 'q',
      'connect-timeout': 'T',
      'read-timeout': 'T',
    },
  },
  async (process, options) => {
    const say = (text: string): Promise<void> =>
      options.has('q') ? Promise.resolve() : write(process, text, process.stderr);
    const fail = async (message: string, status = 1): Promise<number> => {
      await write(process, `wget: ${message}\n`, process.stderr);
      return status;
    };
    for (const text of options.operands.length === 0 ? [''] : options.operands) {
      if (text === '') throw new UsageError('missing URL');
      let url = parseHttpUrl(text);
      if (url === undefined || 'unsupportedScheme' in url) return fail(`not an http or ftp url: ${text}`);
      const limit = options.has('T') ? parseDuration(options.value('T')!) : undefined;
      using timer = deadline(process, limit);
      try {
        for (let redirects = 0; ; redirects++) {
          if (redirects > 5) return await fail('too many redirections');
          const addresses = await resolveHost(process, url.host);
          await say(`Connecting to ${url.authority} (${addresses[0]}:${url.port})\n`);
          const connection = await dialFirst(process, addresses, url.port, { signal: timer.signal });
          const stream = url.tls ? await startTls(connection, { insecure: true, serverName: url.host }) : connection;
          const body = options.has('post-data') ? Buffer.from(options.value('post-data')!) : undefined;
          const headers: [string, string][] = [
            ['Host', url.authority],
            ['User-Agent', options.value('U') ?? 'Wget'],
            ['Connection', 'close'],
          ];
          if (body !== undefined)
            headers.push(
              ['Content-Type', 'application/x-www-form-urlencoded'],
              ['Content-Length', String(body.length)],
            );
          for (const header of options.all('header')) {
            const at = header.indexOf(':');
            if (at > 0) headers.push([header.slice(0, at), header.slice(at + 1).trim()]);
          }
          const method = options.has('spider') ? 'HEAD' : body === undefined ? 'GET' : 'POST';
          const response = await exchangeHttp(stream, { method, path: url.path, headers, body, signal: timer.signal });
          const status = response.statusCode ?? 0;
          if (options.has('S')) {
            let shown = `  HTTP/${response.httpVersion} ${status} ${response.statusMessage}\n`;
            for (let i = 0; i < response.rawHeaders.length; i += 2)
              shown += `  ${response.rawHeaders[i]}: ${response.rawHeaders[i + 1]}\n`;
            await write(process, shown, process.stderr);
          }
          const location = response.headers.location;
          if (status >= 300 && status < 400 && location !== undefined) {
            connection.destroy();
            const next = parseHttpUrl(
              /^https?:/.test(location) ? location : `${url.tls ? 'https' : 'http'}://${url.authority}${location}`,
            );
            if (next === undefined || 'unsupportedScheme' in next) return await fail(`bad redirection: ${location}`);
            url = next;
            continue;
          }
          if (status < 200 || status >= 300) {
            connection.destroy();
            return await fail(
              `server returned error: HTTP/${response.httpVersion} ${status} ${response.statusMessage}`,
            );
          }
          if (options.has('spider')) {
            connection.destroy();
            await say('remote file exists\n');
            break;
          }
          const name = options.value('O') ?? (url.path.replace(/\?.*/, '').split('/').at(-1) || 'index.html');
          if (name === '-') await say('writing to stdout\n');
          else {
            await say(`saving to '${name}'\n`);
            process.files.writeFile(absolutePath(process, name), '', { as: process });
          }
          let size = 0;
          for await (const chunk of response) {
            size += (chunk as Buffer).length;
            if (name === '-') await write(process, chunk as Buffer);
            else process.files.writeFile(absolutePath(process, name), chunk as Buffer, { append: true, as: process });
          }
          connection.destroy();
          await say(progressBar(name, size));
          await say(name === '-' ? 'written to stdout\n' : `'${name}' saved\n`);
          break;
        }
      } catch (error) {
        process.killed.throwIfAborted();
        if (error instanceof ResolveError) return fail(`bad address '${error.host}'`);
        if (timer.expired()) return fail('download timed out');
        if (!(error instanceof Error && 'code' in error)) throw error;
        if (error instanceof NetError && error.syscall === 'connect')
          return fail(`can't connect to remote host (${error.address ?? url.host}): ${words(error.code)}`);
        return fail(`error getting response: ${words(String(error.code))}`);
      }
    }
    return 0;
  },
);

/** The progress bar as it stands in the end. */
function progressBar(name: string, bytes: number): string {
  const title = name.replace(/.*\//, '').slice(0, 20).padEnd(20);
  const size = bytes < 100_000 ? String(bytes) : `${Math.floor(bytes / 1024)}k`;
  return `${title} 100% |${'*'.repeat(32)}| ${size.padStart(5)}  0:00:00 ETA\n`;
}

const words = (code: string): string =>
  ({
    ECONNREFUSED: 'Connection refused',
    ETIMEDOUT: 'Connection timed out',
    EHOSTUNREACH: 'No route to host',
    ENETUNREACH: 'Network is unreachable',
    ECONNRESET: 'Connection reset by peer',
  })[code] ?? code;
