import type { IncomingMessage, ServerResponse } from 'node:http';
import { httpDate, timestamp } from '@kubarium/shared';
import { FileSystemError } from '../container/file-system.ts';
import { connectionOf } from '../container/http-server.ts';
import type { Process } from '../container/process.ts';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html',
  htm: 'text/html',
  css: 'text/css',
  js: 'application/javascript',
  json: 'application/json',
  txt: 'text/plain',
  xml: 'text/xml',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  gif: 'image/gif',
};

/** What a static web server makes of a request: a file, a redirection, or an error page. */
export interface SitePage {
  readonly status: number;
  /** In the status line; the usual words where absent. */
  readonly reason?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Finds the file for a path below a root; `errorPage` writes what stands for one that is not there, `host` is what the client calls it. */
export function sitePage(
  process: Process,
  root: string,
  url: string,
  options: {
    readonly index: readonly string[];
    readonly errorPage: (status: number) => string;
    readonly host?: string | undefined;
  },
): SitePage {
  const failed = (status: number): SitePage => ({
    status,
    headers: { 'Content-Type': 'text/html' },
    body: Buffer.from(options.errorPage(status)),
  });
  const origin = options.host === undefined ? '' : `http://${options.host}`;
  let path: string;
  try {
    path = decodeURIComponent(url.replace(/[?#].*/, ''));
  } catch {
    return failed(400);
  }
  if (path.split('/').includes('..') || path.includes('\0')) return failed(400);
  try {
    let file = `${root.replace(/\/$/, '')}${path}`;
    if (process.files.stat(file).type === 'directory') {
      if (!path.endsWith('/'))
        return { ...failed(301), headers: { 'Content-Type': 'text/html', Location: `${origin}${path}/` } };
      const index = options.index.find((name) => process.files.exists(`${file}${name}`));
      if (index === undefined) return failed(403);
      file = `${file}${index}`;
    }
    const body = process.files.readFile(file, process);
    const { modifiedMs } = process.files.stat(file);
    const type = TYPES[/\.([^./]+)$/.exec(file)?.[1]?.toLowerCase() ?? ''] ?? 'application/octet-stream';
    return {
      status: 200,
      headers: {
        'Content-Type': type,
        'Last-Modified': httpDate(modifiedMs),
        ETag: `"${Math.floor(modifiedMs / 1000).toString(16)}-${body.length.toString(16)}"`,
        'Accept-Ranges': 'bytes',
      },
      body,
    };
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    return failed(error.code === 'EACCES' ? 403 : 404);
  }
}

export function sendPage(request: IncomingMessage, response: ServerResponse, page: SitePage): void {
  request.resume();
  response.statusCode = page.status;
  if (page.reason !== undefined) response.statusMessage = page.reason;
  for (const [name, value] of Object.entries(page.headers)) response.setHeader(name, value);
  response.setHeader('Content-Length', page.body.length);
  response.end(request.method === 'HEAD' ? undefined : page.body);
}

/** A line of an access log in the combined format. */
export function accessLine(process: Process, request: IncomingMessage, page: SitePage): string {
  const time = timestamp(process.runtime.clock.now());
  const [, year, month, day, clock] = /^(\d+)-(\d+)-(\d+)T([\d:]+)/.exec(time)!;
  const name = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][Number(month) - 1];
  return `${connectionOf(request).remoteAddress} - - [${day}/${name}/${year}:${clock} +0000] "${request.method} ${request.url} HTTP/${request.httpVersion}" ${page.status} ${page.body.length} "${request.headers.referer ?? '-'}" "${request.headers['user-agent'] ?? '-'}" "-"\n`;
}
