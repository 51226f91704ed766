import { NetError, type Hop } from '@kubarium/shared';
import type { IncomingMessage } from 'node:http';
import { FileSystemError } from '../../container/file-system.ts';
import type { Process } from '../../container/process.ts';
import { absolutePath, readWhole, write } from '../../container/standard-io.ts';
import type { Options } from '../command.ts';
import { command, UsageError } from '../command.ts';
import type { HttpUrl } from '../http-client.ts';
import {
  deadline,
  dialFirst,
  exchangeHttp,
  parseHttpUrl,
  resolveHost,
  ResolveError,
  startTls,
} from '../http-client.ts';

export const CURL_VERSION = '8.11.1';

/** How a transfer failed: curl's own number and words. */
class CurlError extends Error {
  override readonly name = 'CurlError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

const LONG: Readonly<Record<string, string>> = {
  verbose: 'v',
  include: 'i',
  'show-headers': 'i',
  silent: 's',
  'show-error': 'S',
  output: 'o',
  'remote-name': 'O',
  'write-out': 'w',
  request: 'X',
  data: 'd',
  'data-ascii': 'd',
  'data-raw': 'data-raw:',
  'data-binary': 'data-binary:',
  'data-urlencode': 'data-urlencode:',
  json: 'json:',
  form: 'F',
  header: 'H',
  insecure: 'k',
  location: 'L',
  head: 'I',
  user: 'u',
  'user-agent': 'A',
  fail: 'f',
  'fail-with-body': 'fail-with-body',
  get: 'G',
  resolve: 'resolve:',
  'connect-timeout': 'connect-timeout:',
  'max-time': 'm',
  'max-redirs': 'max-redirs:',
  interface: 'interface:',
  globoff: 'g',
  disable: 'q',
  'no-progress-meter': 'no-progress-meter',
  'progress-bar': '#',
  retry: 'retry:',
  'retry-delay': 'retry-delay:',
  'retry-connrefused': 'retry-connrefused',
  'retry-all-errors': 'retry-all-errors',
  cacert: 'cacert:',
  referer: 'e',
  cookie: 'b',
  compressed: 'compressed',
  http1: 'http1',
  'http1.1': 'http1',
  'http1.0': '0',
  ipv4: '4',
  ipv6: '6',
  'no-keepalive': 'no-keepalive',
  noproxy: 'noproxy:',
  url: 'url:',
  version: 'V',
  'dump-header': 'D',
  upload: 'T',
  'upload-file': 'T',
  'path-as-is': 'path-as-is',
  'no-buffer': 'N',
};

/**
 * `curl`: HTTP and HTTPS over the pod's network, each transfer on a connection of its own.
 *
 * Simplified: no progress meter, no HTTP/2, no connection re-use between the URLs of one command line.
 */
export const curl = command(
  { letters: 'viso:Ow:X:d:H:kLIu:A:fGm:gqS#e:b:046F:T:D:VNa', long: LONG, usageExitCode: 2 },
  async (process, options) => {
    if (options.has('V')) {
      await write(process, `curl ${CURL_VERSION} (simulated) libcurl/${CURL_VERSION}\nProtocols: http https\n`);
      return 0;
    }
    const urls = [...options.all('url'), ...options.operands];
    if (urls.length === 0) {
      await write(
        process,
        "curl: (2) no URL specified\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
        process.stderr,
      );
      return 2;
    }
    let status = 0;
    for (const [i, url] of urls.entries()) status = await transferWithRetries(process, options, url, i);
    return status;
  },
);

async function transferWithRetries(process: Process, options: Options, url: string, index: number): Promise<number> {
  const retries = options.number('retry') ?? 0;
  for (let attempt = 0; ; attempt++) {
    const transfer = new Transfer(process, options, index);
    try {
      await transfer.run(url);
      return 0;
    } catch (error) {
      process.killed.throwIfAborted();
      const failure = describeError(error, transfer);
      if (transfer.connected && transfer.received === 0) process.trace?.hop(unansweredHop(transfer, failure));
      if (options.value('w') !== undefined) await transfer.writeOut();
      const again =
        options.has('retry-all-errors') ||
        failure.code === 28 ||
        (failure.code === 7 && options.has('retry-connrefused'));
      if (attempt < retries && again) {
        const delay = (options.number('retry-delay') ?? 2 ** attempt) * 1000;
        await new Promise<void>((resolve) => void process.runtime.clock.setTimer(delay, resolve));
        continue;
      }
      if (!options.has('s') || options.has('S'))
        await write(process, `curl: (${failure.code}) ${failure.message}\n`, process.stderr);
      return failure.code;
    }
  }
}

function describeError(error: unknown, transfer: Transfer): CurlError {
  if (error instanceof CurlError) return error;
  if (error instanceof ResolveError) return new CurlError(6, error.message);
  if (error instanceof FileSystemError) return new CurlError(23, `Failure writing output to destination`);
  const elapsed = transfer.elapsedMs();
  if (transfer.timedOut()) {
    return transfer.connected
      ? new CurlError(28, `Operation timed out after ${elapsed} milliseconds with ${transfer.received} bytes received`)
      : new CurlError(28, `Connection timed out after ${elapsed} milliseconds`);
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!transfer.connected) {
    const where = `${transfer.host} port ${transfer.port} after ${elapsed} ms`;
    if (error instanceof NetError)
      return code === 'ETIMEDOUT' && transfer.hasConnectTimeout
        ? new CurlError(28, `Connection timed out after ${elapsed} milliseconds`)
        : new CurlError(code === 'ETIMEDOUT' ? 28 : 7, `Failed to connect to ${where}: Could not connect to server`);
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code))
    return new CurlError(60, `SSL certificate problem: ${(error as Error).message}`);
  if (code.startsWith('ERR_SSL') || code === 'EPROTO')
    return new CurlError(35, `TLS connect error: ${(error as Error).message}`);
  if (code.startsWith('HPE_')) return new CurlError(1, 'Received HTTP/0.9 when not allowed');
  if (transfer.received > 0) return new CurlError(18, `end of response with ${transfer.received} bytes missing`);
  if (code === 'ECONNRESET' && !(error instanceof NetError)) return new CurlError(52, 'Empty reply from server');
  if (code === 'ECONNRESET') return new CurlError(56, 'Recv failure: Connection reset by peer');
  return new CurlError(56, error instanceof Error ? error.message : String(error));
}

function answeredHop(url: HttpUrl, request: CurlRequest, response: IncomingMessage): Hop {
  const status = response.statusCode ?? 0;
  return {
    stage: 'http',
    where: `${url.host}:${url.port}`,
    asked: `${request.method} ${request.path}`,
    verdict: `${status} ${response.statusMessage ?? ''}`.trim(),
    reason: `the server answered with HTTP/${response.httpVersion}, ${response.headers['content-type'] ?? 'no content type'}`,
    ok: status < 400,
    facts: { status, headers: response.headers },
  };
}

const unansweredHop = ({ host, port }: Transfer, failure: CurlError): Hop => ({
  stage: 'http',
  where: `${host}:${port}`,
  asked: 'an answer',
  verdict: 'none',
  reason: failure.message,
  ok: false,
  facts: { exitCode: failure.code },
});

interface CurlRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer | undefined;
}

/** One URL, with the redirects that it leads to. */
class Transfer {
  host = '';
  port = 0;
  connected = false;
  received = 0;
  readonly hasConnectTimeout: boolean;

  readonly #process: Process;
  readonly #options: Options;
  readonly #index: number;
  readonly #startedMs: number;
  readonly #deadline: ReturnType<typeof deadline>;
  #facts: Record<string, string> = {};

  constructor(process: Process, options: Options, index: number) {
    this.#process = process;
    this.#options = options;
    this.#index = index;
    this.#startedMs = process.runtime.clock.now();
    this.hasConnectTimeout = options.has('connect-timeout');
    const seconds = options.number('m');
    this.#deadline = deadline(process, seconds === undefined || seconds === 0 ? undefined : seconds * 1000);
  }

  elapsedMs(): number {
    return Math.round(this.#process.runtime.clock.now() - this.#startedMs);
  }

  timedOut(): boolean {
    return this.#deadline.expired();
  }

  async run(text: string): Promise<void> {
    try {
      let url = parseUrl(text);
      let request = await this.#request(url);
      const limit = this.#options.number('max-redirs') ?? 50;
      for (let redirects = 0; ; redirects++) {
        const location = await this.#exchange(url, request);
        if (location === undefined) break;
        if (redirects >= limit) throw new CurlError(47, `Maximum (${limit}) redirects followed`);
        url = parseUrl(absoluteLocation(url, location));
        const headers = request.headers.map(
          ([name, value]) => [name, name === 'Host' ? url.authority : value] as const,
        );
        request = { ...request, path: url.path, headers };
        // As browsers do: after 301 to 303 a POST goes on as a GET.
        if (request.method === 'POST' && !this.#options.has('X') && !/^30[78]/.test(this.#facts['http_code'] ?? ''))
          request = {
            ...request,
            method: 'GET',
            body: undefined,
            headers: request.headers.filter(([name]) => !/^content-/i.test(name)),
          };
      }
      await this.writeOut();
    } finally {
      this.#deadline[Symbol.dispose]();
    }
  }

  async #verbose(text: string): Promise<void> {
    if (this.#options.has('v')) await write(this.#process, text, this.#process.stderr);
  }

  async #request(url: HttpUrl): Promise<CurlRequest> {
    const options = this.#options;
    const headers: [string, string][] = [];
    const given = options.all('H').map((header): [string, string | undefined] => {
      const at = header.search(/[:;]/);
      return [
        header.slice(0, at === -1 ? undefined : at).trim(),
        header[at] === ';' ? '' : header.slice(at + 1).trim() || undefined,
      ];
    });
    const add = (name: string, value: string): void => {
      if (!given.some(([other]) => other.toLowerCase() === name.toLowerCase())) headers.push([name, value]);
    };
    const credentials = options.value('u') ?? url.credentials;
    if (credentials !== undefined) add('Authorization', `Basic ${Buffer.from(credentials).toString('base64')}`);
    add('User-Agent', options.value('A') ?? `curl/${CURL_VERSION}`);
    const json = options.all('json');
    add('Accept', json.length > 0 ? 'application/json' : '*/*');
    if (options.has('e')) add('Referer', options.value('e')!);
    if (options.has('b')) add('Cookie', options.all('b').join('; '));
    let body = await this.#body();
    let path = url.path;
    if (options.has('G') && body !== undefined) {
      path += `${path.includes('?') ? '&' : '?'}${body.toString()}`;
      body = undefined;
    }
    if (options.has('T')) body = await readWhole(this.#process, options.value('T')!);
    const method =
      options.value('X') ??
      (options.has('I') ? 'HEAD' : options.has('T') ? 'PUT' : body === undefined ? 'GET' : 'POST');
    if (body !== undefined) {
      if (json.length > 0) add('Content-Type', 'application/json');
      add('Content-Length', String(body.length));
      if (json.length === 0 && !options.has('T')) add('Content-Type', 'application/x-www-form-urlencoded');
    }
    for (const [name, value] of given) if (value !== undefined) headers.push([name, value]);
    if (!given.some(([name]) => name.toLowerCase() === 'host')) headers.unshift(['Host', url.authority]);
    return { method, path, headers, body };
  }

  async #body(): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    const options = this.#options;
    const add = async (text: string, mode: 'ascii' | 'binary' | 'raw'): Promise<void> => {
      if (mode === 'raw' || !text.startsWith('@')) parts.push(Buffer.from(text));
      else {
        const data = await readWhole(this.#process, text.slice(1));
        parts.push(mode === 'binary' ? data : Buffer.from(data.toString().replace(/[\r\n]/g, '')));
      }
    };
    for (const text of options.all('d')) await add(text, 'ascii');
    for (const text of options.all('data-raw')) await add(text, 'raw');
    for (const text of options.all('data-binary')) await add(text, 'binary');
    for (const text of options.all('F')) await add(text, 'raw');
    for (const text of options.all('data-urlencode')) {
      const [, name = '', value] = /^([^=]*=)?([\s\S]*)$/.exec(text) ?? [];
      await add(`${name === '=' ? '' : name}${encodeURIComponent(value ?? '')}`, 'raw');
    }
    if (options.all('json').length > 0) {
      for (const text of options.all('json')) await add(text, 'binary');
      return Buffer.concat(parts);
    }
    return parts.length === 0
      ? undefined
      : Buffer.concat(parts.flatMap((part, i) => (i === 0 ? [part] : [Buffer.from('&'), part])));
  }

  async #addresses(url: HttpUrl): Promise<readonly string[]> {
    for (const entry of this.#options.all('resolve')) {
      const [, host, port, addresses] = /^\+?([^:]*):(\d+|\*):(.*)$/.exec(entry) ?? [];
      if (
        (host === '*' || host?.toLowerCase() === url.host.toLowerCase()) &&
        (port === '*' || Number(port) === url.port)
      )
        return addresses!.split(',').map((address) => address.replace(/^\[|\]$/g, ''));
    }
    const addresses = await resolveHost(this.#process, url.host);
    const family = this.#options.has('4') ? /^[\d.]+$/ : this.#options.has('6') ? /:/ : undefined;
    const fitting = family === undefined ? addresses : addresses.filter((address) => family.test(address));
    if (fitting.length === 0) throw new ResolveError(url.host);
    if (addresses[0] !== url.host) {
      const list = (pattern: RegExp): string =>
        fitting.filter((address) => pattern.test(address)).join(', ') || '(none)';
      await this.#verbose(
        `* Host ${url.host}:${url.port} was resolved.\n* IPv6: ${list(/:/)}\n* IPv4: ${list(/^[\d.]+$/)}\n`,
      );
    }
    return fitting;
  }

  /** One request; tells where it is redirected to, when that is to be followed. */
  async #exchange(url: HttpUrl, request: CurlRequest): Promise<string | undefined> {
    const options = this.#options;
    this.connected = false;
    this.host = url.host;
    this.port = url.port;
    const addresses = await this.#addresses(url);
    const seconds = options.number('connect-timeout');
    const attempts: string[] = [];
    let connection;
    try {
      connection = await dialFirst(this.#process, addresses, url.port, {
        timeoutMs: seconds === undefined || seconds === 0 ? undefined : seconds * 1000,
        signal: this.#deadline.signal,
        localAddress: localAddress(options.value('interface')),
        onAttempt: (address) => attempts.push(`*   Trying ${address}:${url.port}...\n`),
      });
    } catch (error) {
      await this.#verbose(attempts.join(''));
      if (error instanceof NetError && error.code === 'ECONNREFUSED')
        await this.#verbose(
          `* connect to ${addresses[0]} port ${url.port} from 0.0.0.0 port 0 failed: Connection refused\n`,
        );
      throw error;
    }
    this.connected = true;
    this.#facts = {
      remote_ip: connection.remoteAddress,
      remote_port: String(connection.remotePort),
      local_ip: connection.localAddress,
      local_port: String(connection.localPort),
      time_connect: (this.elapsedMs() / 1000).toFixed(6),
      scheme: url.tls ? 'https' : 'http',
      url_effective: `${url.tls ? 'https' : 'http'}://${url.authority}${url.path}`,
    };
    if (options.has('v'))
      await this.#verbose(
        `${attempts.join('')}* Connected to ${url.host} (${connection.remoteAddress}) port ${url.port}\n`,
      );
    try {
      const ca = options.value('cacert');
      const stream = url.tls
        ? await startTls(connection, {
            insecure: options.has('k'),
            serverName: url.host,
            ca:
              ca === undefined
                ? undefined
                : this.#process.files.readFile(absolutePath(this.#process, ca), this.#process),
          })
        : connection;
      const { path } = request;
      if (options.has('v')) {
        const lines = request.headers.map(([name, value]) => `> ${name}: ${value}\r\n`).join('');
        await this.#verbose(
          `* using HTTP/1.x\n> ${request.method} ${path} HTTP/1.1\r\n${lines}> \r\n* Request completely sent off\n`,
        );
      }
      const response = await exchangeHttp(stream, { ...request, signal: this.#deadline.signal });
      this.#process.trace?.hop(answeredHop(url, request, response));
      return await this.#answer(response, url);
    } finally {
      connection.destroy();
    }
  }

  async #answer(response: IncomingMessage, url: HttpUrl): Promise<string | undefined> {
    const options = this.#options;
    const status = response.statusCode ?? 0;
    const statusLine = `HTTP/${response.httpVersion} ${status} ${response.statusMessage}\r\n`;
    const lines: string[] = [];
    for (let i = 0; i < response.rawHeaders.length; i += 2)
      lines.push(`${response.rawHeaders[i]}: ${response.rawHeaders[i + 1]}\r\n`);
    if (options.has('v')) await this.#verbose([statusLine, ...lines, '\r\n'].map((line) => `< ${line}`).join(''));
    Object.assign(this.#facts, {
      http_code: String(status),
      response_code: String(status),
      http_version: response.httpVersion,
      content_type: response.headers['content-type'] ?? '',
      size_header: String([statusLine, ...lines].join('').length + 2),
      redirect_url: response.headers.location === undefined ? '' : absoluteLocation(url, response.headers.location),
    });
    const location = response.headers.location;
    const follows = options.has('L') && location !== undefined && status >= 300 && status < 400;
    const failed = status >= 400 && options.has('f', 'fail-with-body');
    const output = this.#output();
    if (options.has('i', 'I') && !(failed && options.has('f')))
      await output(Buffer.from([statusLine, ...lines, '\r\n'].join('')));
    const dump = options.value('D');
    if (dump !== undefined) {
      const text = [statusLine, ...lines, '\r\n'].join('');
      if (dump === '-') await write(this.#process, text);
      else this.#process.files.writeFile(absolutePath(this.#process, dump), text, { as: this.#process });
    }
    for await (const chunk of response) {
      this.received += (chunk as Buffer).length;
      if (!follows && !(failed && options.has('f')) && !options.has('I')) await output(chunk as Buffer);
    }
    this.#facts['size_download'] = String(this.received);
    this.#facts['time_total'] = (this.elapsedMs() / 1000).toFixed(6);
    await this.#verbose(`* Connection #0 to host ${url.host} left intact\n`);
    if (failed) throw new CurlError(22, `The requested URL returned error: ${status}`);
    return follows ? location : undefined;
  }

  #output(): (data: Buffer) => Promise<void> {
    const url = this.#options.operands[this.#index] ?? '';
    const name = this.#options.has('O')
      ? (url
          .replace(/[?#].*/, '')
          .split('/')
          .at(-1) ?? '')
      : this.#options.all('o')[this.#index];
    if (name === undefined || name === '-') return (data) => write(this.#process, data);
    const path = absolutePath(this.#process, name);
    this.#process.files.writeFile(path, '', { as: this.#process });
    return async (data) => this.#process.files.writeFile(path, data, { append: true, as: this.#process });
  }

  /** `-w`: the facts of the transfer in the user's format. */
  async writeOut(): Promise<void> {
    const format = this.#options.value('w');
    if (format === undefined) return;
    const facts: Record<string, string> = {
      http_code: '000',
      response_code: '000',
      time_total: (this.elapsedMs() / 1000).toFixed(6),
      time_connect: '0.000000',
      size_download: String(this.received),
      num_redirects: '0',
      exitcode: '0',
      remote_ip: '',
      ...this.#facts,
    };
    const text = format.replace(/%\{(\w+)\}|%%|\\n|\\t|\\r/g, (all, name: string | undefined) =>
      name !== undefined
        ? (facts[name] ?? '')
        : all === '%%'
          ? '%'
          : all === '\\n'
            ? '\n'
            : all === '\\t'
              ? '\t'
              : '\r',
    );
    await write(this.#process, text);
  }
}

function parseUrl(text: string): HttpUrl {
  const url = parseHttpUrl(text.trim());
  if (url === undefined) throw new CurlError(3, 'URL rejected: Malformed input to a URL function');
  if ('unsupportedScheme' in url) throw new CurlError(1, `Protocol "${url.unsupportedScheme}" not supported`);
  return url;
}

function absoluteLocation(base: HttpUrl, location: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(location)) return location;
  const root = `${base.tls ? 'https' : 'http'}://${base.authority}`;
  if (location.startsWith('//')) return `${base.tls ? 'https' : 'http'}:${location}`;
  if (location.startsWith('/')) return `${root}${location}`;
  return `${root}${base.path.replace(/[?#].*/, '').replace(/[^/]*$/, '')}${location}`;
}

function localAddress(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const address = value.replace(/^(host|if)!/, '');
  if (/^[\d.]+$|:/.test(address)) return address;
  if (/^(eth0|lo)$/.test(address)) return undefined;
  throw new UsageError(`option --interface: ${value}: no such interface`, 45);
}
