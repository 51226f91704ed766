import { IncomingMessage, ServerResponse, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import type { Connection } from '@kubarium/shared';

/** What a request says, up to its body. */
interface RequestHead {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly rawHeaders: string[];
}

const REQUEST_LINE = /^(GET|HEAD) (\/[\x21-\x7e]*) HTTP\/1\.1$/;
const HEADER = /^([!#$%&'*+.^_`|~\dA-Za-z-]+):[ \t]*([\x20-\x7e\t]*)$/;
/** These make a request more than simple. */
const NOT_SIMPLE = new Set(['content-length', 'transfer-encoding', 'upgrade', 'expect', 'trailer', 'te']);

/**
 * Reads requests that are simple: a GET or HEAD without a body, all of it in its first bytes, after which its connection is done.
 * Probes are such; there are very many of them, and a prober sends the same bytes each time.
 */
export class SimpleRequests {
  #text = '';
  #head: RequestHead | undefined;

  /** The head of a simple request, to be changed at will; undefined for any other, and for whatever is not plainly right. */
  read(bytes: Buffer): RequestHead | undefined {
    const text = bytes.toString('latin1');
    if (text !== this.#text) {
      this.#head = headOf(text);
      this.#text = text;
    }
    const head = this.#head;
    return head && { ...head, headers: { ...head.headers }, rawHeaders: Array.from(head.rawHeaders) };
  }
}

function headOf(text: string): RequestHead | undefined {
  if (text.indexOf('\r\n\r\n') !== text.length - 4) return undefined;
  const lines = text.slice(0, -4).split('\r\n');
  const requestLine = REQUEST_LINE.exec(lines[0]!);
  if (requestLine === null) return undefined;
  const headers: Record<string, string> = {};
  const rawHeaders: string[] = [];
  for (let i = 1; i < lines.length; i++) {
    const header = HEADER.exec(lines[i]!);
    if (header === null) return undefined;
    const name = header[1]!.toLowerCase();
    if (NOT_SIMPLE.has(name) || name in headers) return undefined;
    const value = header[2]!.trimEnd();
    headers[name] = value;
    rawHeaders.push(header[1]!, value);
  }
  if (headers['connection'] !== 'close' || headers['host'] === undefined) return undefined;
  return { method: requestLine[1]!, url: requestLine[2]!, headers, rawHeaders };
}

/** Gives a simple request to a handler as Node's own server does, without that server's parser and bookkeeping. */
export function answerSimply(connection: Connection, head: RequestHead, handler: RequestListener): void {
  const request = new IncomingMessage(connection as unknown as Socket);
  request.method = head.method;
  request.url = head.url;
  request.headers = head.headers;
  request.rawHeaders = head.rawHeaders;
  request.httpVersion = '1.1';
  request.httpVersionMajor = 1;
  request.httpVersionMinor = 1;
  request.complete = true;
  request.push(null);
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(connection as unknown as Socket);
  response.once('finish', () => {
    response.detachSocket(connection as unknown as Socket);
    connection.end(() => connection.destroy());
    response.destroyed = true;
    response.emit('close');
  });
  // Whatever else comes is nobody's business.
  connection.resume();
  handler(request, response);
}
