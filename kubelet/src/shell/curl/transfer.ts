import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { NetError, type Connection, type TraceSink } from '@kubarium/shared';
import type { Process } from '../../container/process.ts';
import { absolutePath, write } from '../../container/standard-io.ts';
import type { Options } from '../command.ts';
import { deadline, dialFirst, exchangeHttp, ResolveError, resolveHost, startTls } from '../http-client.ts';
import type { HttpUrl } from '../http-client.ts';
import { CurlError } from './curl-error.ts';
import { responseOutput } from './curl-output.ts';
import type { CurlRequest } from './curl-request.ts';
import { curlRequest } from './curl-request.ts';
import { absoluteLocation, parseUrl } from './curl-url.ts';
import { writeOutText, type TransferFacts } from './curl-write-out.ts';
import { answeredHop } from './http-hop.ts';

/** One URL, with the redirects that it leads to. */
export class Transfer {
  host = '';
  port = 0;
  connected = false;
  received = 0;
  readonly hasConnectTimeout: boolean;

  readonly #process: Process;
  readonly #options: Options;
  readonly #index: number;
  readonly #startedMs: number;
  readonly #trace: TraceSink | undefined;
  readonly #deadline: ReturnType<typeof deadline>;
  #facts: TransferFacts = {};

  /** The trace is told of the transfer; it is the process's own by default. */
  constructor(process: Process, options: Options, index: number, trace: TraceSink | undefined = process.trace) {
    this.#process = process;
    this.#trace = trace;
    this.#options = options;
    this.#index = index;
    this.#startedMs = process.runtime.clock.now();
    this.hasConnectTimeout = options.has('connect-timeout');
    const seconds = options.number('m');
    this.#deadline = deadline(process, seconds === undefined || seconds === 0 ? undefined : seconds * 1000);
  }

  /** The code of the last answer; undefined where there was none. */
  get code(): number | undefined {
    const code = Number(this.#facts['http_code']);
    return Number.isNaN(code) ? undefined : code;
  }

  elapsedMs(): number {
    return Math.round(this.#process.runtime.clock.now() - this.#startedMs);
  }

  timedOut(): boolean {
    return this.#deadline.expired();
  }

  async run(text: string): Promise<void> {
    this.#facts = { url: text, urlnum: this.#index };
    try {
      let url = parseUrl(text);
      let request = await curlRequest(this.#process, this.#options, url);
      const limit = this.#options.number('max-redirs') ?? 50;
      for (let redirects = 0; ; redirects++) {
        const location = await this.#exchange(url, request);
        if (location === undefined) break;
        if (redirects >= limit) throw new CurlError(47, `Maximum (${limit}) redirects followed`);
        Object.assign(this.#facts, { num_redirects: redirects + 1, time_redirect: this.#elapsedSeconds() });
        url = parseUrl(absoluteLocation(url, location));
        const headers = request.headers.map(
          ([name, value]) => [name, name === 'Host' ? url.authority : value] as const,
        );
        request = { ...request, path: url.path, headers };
        // As browsers do: after 301 to 303 a POST goes on as a GET.
        if (request.method === 'POST' && !this.#options.has('X') && !/^30[78]/.test(String(this.#facts['http_code'])))
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

  #elapsedSeconds(): number {
    return this.elapsedMs() / 1000;
  }

  async #verbose(text: string): Promise<void> {
    if (this.#options.has('v')) await write(this.#process, text, this.#process.stderr);
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
    const addresses = await resolveHost(this.#process, url.host, this.#trace);
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
    this.connected = false;
    this.host = url.host;
    this.port = url.port;
    const scheme = url.tls ? 'https' : 'http';
    Object.assign(this.#facts, {
      method: request.method,
      scheme,
      url_effective: `${scheme}://${url.authority}${url.path}`,
    });
    const addresses = await this.#addresses(url);
    this.#facts['time_namelookup'] = this.#elapsedSeconds();
    const connection = await this.#connect(url, addresses);
    try {
      const stream = url.tls ? await this.#startTls(connection, url) : connection;
      await this.#tellRequest(url, request);
      const response = await exchangeHttp(stream, { ...request, signal: this.#deadline.signal });
      this.#trace?.hop(answeredHop(url, request, response));
      return await this.#answer(response, url);
    } finally {
      connection.destroy();
    }
  }

  async #connect(url: HttpUrl, addresses: readonly string[]): Promise<Connection> {
    const options = this.#options;
    const seconds = options.number('connect-timeout');
    const attempts: string[] = [];
    let connection;
    try {
      connection = await dialFirst(this.#process, addresses, url.port, {
        timeoutMs: seconds === undefined || seconds === 0 ? undefined : seconds * 1000,
        signal: this.#deadline.signal,
        localAddress: localAddress(options.value('interface')),
        trace: this.#trace,
        onAttempt: (address) => attempts.push(`*   Trying ${address}:${url.port}...\n`),
      });
    } catch (error) {
      await this.#verbose(attempts.join(''));
      const reason = error instanceof NetError ? CONNECT_ERRORS[error.code] : undefined;
      if (
        reason !== undefined &&
        !this.timedOut() &&
        !(error instanceof NetError && error.code === 'ETIMEDOUT' && seconds)
      )
        await this.#verbose(`* connect to ${addresses.at(-1)} port ${url.port} failed: ${reason}\n`);
      throw error;
    }
    this.connected = true;
    Object.assign(this.#facts, {
      remote_ip: connection.remoteAddress,
      remote_port: connection.remotePort,
      local_ip: connection.localAddress,
      local_port: connection.localPort,
      num_connects: Number(this.#facts['num_connects'] ?? 0) + 1,
      time_connect: this.#elapsedSeconds(),
    });
    if (options.has('v'))
      await this.#verbose(
        `${attempts.join('')}* Connected to ${url.host} (${connection.remoteAddress}) port ${url.port}\n`,
      );
    return connection;
  }

  #startTls(connection: Connection, url: HttpUrl): Promise<Duplex> {
    const ca = this.#options.value('cacert');
    return startTls(connection, {
      insecure: this.#options.has('k'),
      serverName: url.host,
      ca: ca === undefined ? undefined : this.#process.files.readFile(absolutePath(this.#process, ca), this.#process),
    });
  }

  /** What is known of the request as it leaves. */
  async #tellRequest(url: HttpUrl, request: CurlRequest): Promise<void> {
    const head = [
      `${request.method} ${request.path} HTTP/1.1\r\n`,
      ...request.headers.map(([name, value]) => `${name}: ${value}\r\n`),
      '\r\n',
    ];
    const bodyBytes = request.body?.length ?? 0;
    const now = this.#elapsedSeconds();
    Object.assign(this.#facts, {
      time_appconnect: url.tls ? now : 0,
      time_pretransfer: now,
      size_request: head.join('').length + bodyBytes,
      size_upload: bodyBytes,
    });
    const sentOff =
      request.body === undefined
        ? '* Request completely sent off\n'
        : `${this.#bytesLine('}', bodyBytes)}* upload completely sent off: ${bodyBytes} bytes\n`;
    await this.#verbose(`* using HTTP/1.x\n${head.map((line) => `> ${line}`).join('')}${sentOff}`);
  }

  async #answer(response: IncomingMessage, url: HttpUrl): Promise<string | undefined> {
    const options = this.#options;
    const status = response.statusCode ?? 0;
    const statusLine = `HTTP/${response.httpVersion} ${status} ${response.statusMessage}\r\n`;
    const lines: string[] = [];
    for (let i = 0; i < response.rawHeaders.length; i += 2)
      lines.push(`${response.rawHeaders[i]}: ${response.rawHeaders[i + 1]}\r\n`);
    await this.#verbose([statusLine, ...lines, '\r\n'].map((line) => `< ${line}`).join(''));
    Object.assign(this.#facts, {
      http_code: status,
      http_version: response.httpVersion,
      content_type: response.headers['content-type'] ?? '',
      num_headers: lines.length,
      size_header: Number(this.#facts['size_header'] ?? 0) + [statusLine, ...lines].join('').length + 2,
      time_starttransfer: this.#elapsedSeconds(),
      redirect_url: response.headers.location === undefined ? '' : absoluteLocation(url, response.headers.location),
    });
    const location = response.headers.location;
    const follows = options.has('L') && location !== undefined && status >= 300 && status < 400;
    const failed = status >= 400 && options.has('f', 'fail-with-body');
    const output = responseOutput(this.#process, options, this.#index);
    if (options.has('i', 'I') && !(failed && options.has('f')))
      await output(Buffer.from([statusLine, ...lines, '\r\n'].join('')));
    const dump = options.value('D');
    if (dump !== undefined) {
      const text = [statusLine, ...lines, '\r\n'].join('');
      if (dump === '-') await write(this.#process, text);
      else this.#process.files.writeFile(absolutePath(this.#process, dump), text, { as: this.#process });
    }
    for await (const chunk of response) {
      if (this.received === 0) await this.#verbose(this.#bytesLine('{', (chunk as Buffer).length));
      this.received += (chunk as Buffer).length;
      if (!follows && !(failed && options.has('f')) && !options.has('I')) await output(chunk as Buffer);
    }
    if (failed) throw new CurlError(22, `The requested URL returned error: ${status}`);
    const isClosed = /\bclose\b/i.test(response.headers.connection ?? '');
    await this.#verbose(
      isClosed ? '* shutting down connection #0\n' : `* Connection #0 to host ${url.host} left intact\n`,
    );
    return follows ? location : undefined;
  }

  /** What stands for data in `-v`, unless the terminal shows the data itself. */
  #bytesLine(direction: '{' | '}', bytes: number): string {
    const isShown = this.#process.terminal !== undefined && !this.#options.has('o', 'O');
    return isShown ? '' : `${direction} [${bytes} bytes data]\n`;
  }

  /** What `-v` tells of a failure. */
  async complain({ message }: CurlError): Promise<void> {
    await this.#verbose(`* ${message}\n* closing connection #0\n`);
  }

  /** `-w`: the facts of the transfer in the user's format. */
  async writeOut(failure?: CurlError): Promise<void> {
    const format = this.#options.value('w');
    if (format === undefined) return;
    const facts = {
      ...this.#facts,
      size_download: this.received,
      time_total: this.#elapsedSeconds(),
      exitcode: failure?.code ?? 0,
      errormsg: failure?.message ?? '',
    };
    const text = format.startsWith('@')
      ? this.#process.files.readFile(absolutePath(this.#process, format.slice(1)), this.#process).toString()
      : format;
    await write(this.#process, writeOutText(text, facts));
  }
}

const CONNECT_ERRORS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Connection refused',
  ETIMEDOUT: 'Connection timed out',
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network is unreachable',
};

function localAddress(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const address = value.replace(/^(host|if)!/, '');
  if (/^[\d.]+$|:/.test(address)) return address;
  if (/^(eth0|lo)$/.test(address)) return undefined;
  throw new CurlError(45, `Couldn't bind to '${value}'`);
}
