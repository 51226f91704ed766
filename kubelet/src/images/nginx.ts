import type { IncomingMessage } from 'node:http';
import type { Program } from '../container/process.ts';
import type { FileSystem } from '../container/file-system.ts';
import { serveHttp } from '../container/http-server.ts';
import { defineImage } from './define-image.ts';
import { accessLine, sendPage, sitePage } from './static-site.ts';
import type { SitePage } from './static-site.ts';
import type { NginxServer } from './nginx-config.ts';
import { parseNginxConfig } from './nginx-config.ts';

const VERSION = 'nginx/1.27.3';
const REASONS: Readonly<Record<number, string>> = {
  301: 'Moved Permanently',
  302: 'Found',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Not Allowed',
  500: 'Internal Server Error',
  503: 'Service Temporarily Unavailable',
};

/** What the status line says, which is not always what the page says. */
const statusText = (status: number): string | undefined => (status === 302 ? 'Moved Temporarily' : REASONS[status]);

const errorPage = (status: number): string => {
  const title = `${status} ${REASONS[status] ?? ''}`.trim();
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>${VERSION}</center>\r\n</body>\r\n</html>\r\n`;
};

const failed = (status: number): SitePage => ({
  status,
  reason: statusText(status),
  headers: { 'Content-Type': 'text/html' },
  body: Buffer.from(errorPage(status)),
});

/**
 * `nginx`: serves files as /etc/nginx/conf.d/*.conf says (listen, root, index, location, return), with an access log on stdout.
 * Simplified: every other directive is ignored; a port that is taken or a file that cannot be parsed ends it with 1.
 */
const nginxProgram: Program = (process) =>
  new Promise((resolve) => {
    const servers: NginxServer[] = [];
    try {
      for (const name of process.files.exists('/etc/nginx/conf.d')
        ? process.files.readDirectory('/etc/nginx/conf.d')
        : [])
        if (name.endsWith('.conf'))
          servers.push(...parseNginxConfig(process.files.readFile(`/etc/nginx/conf.d/${name}`, process).toString()));
      const ports = new Map<number, NginxServer>();
      for (const server of servers) for (const port of server.ports) if (!ports.has(port)) ports.set(port, server);
      for (const [port, server] of ports)
        serveHttp(process, { port, name: VERSION }, (request, response) => {
          const page = pageFor(server, request);
          sendPage(request, response, page);
          process.stdout.write(accessLine(process, request, page));
        });
    } catch (error) {
      process.stderr.write(`nginx: [emerg] ${error instanceof Error ? error.message : String(error)}\n`);
      resolve(1);
      return;
    }
    process.stderr.write(`[notice] ${process.pid}#${process.pid}: start worker processes\n`);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) process.onSignal(signal, () => resolve(0));

    function pageFor(server: NginxServer, { url = '/', method, headers }: IncomingMessage): SitePage {
      const path = url.replace(/[?#].*/, '');
      const location = server.locations
        .filter(({ prefix, exact }) => (exact ? path === prefix : path.startsWith(prefix)))
        .toSorted((a, b) => Number(b.exact) - Number(a.exact) || b.prefix.length - a.prefix.length)[0];
      const answer = location?.answer ?? server.answer;
      if (answer !== undefined) {
        const { status, text } = answer;
        const moved = status >= 300 && status < 400;
        return {
          status,
          reason: statusText(status),
          headers: {
            'Content-Type': moved || text === undefined ? 'text/html' : 'text/plain',
            ...(moved && text !== undefined && { Location: text }),
          },
          body: Buffer.from(moved || text === undefined ? errorPage(status) : text),
        };
      }
      // Files are read, nothing else.
      if (method !== 'GET' && method !== 'HEAD') return failed(405);
      return sitePage(process, location?.root ?? server.root, url, {
        index: location?.index ?? server.index,
        errorPage,
        host: headers.host,
      });
    }
  });

const WELCOME = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>This is a simulated nginx: it serves the files below /usr/share/nginx/html.</p>
</body>
</html>
`;

function layDown(files: FileSystem): void {
  for (const path of ['/usr/share/nginx/html', '/etc/nginx/conf.d', '/var/log/nginx', '/var/cache/nginx'])
    files.makeDirectory(path, { recursive: true });
  files.writeFile('/usr/share/nginx/html/index.html', WELCOME);
  files.writeFile('/usr/share/nginx/html/50x.html', '<h1>An error occurred.</h1>\n');
  files.writeFile('/etc/nginx/nginx.conf', 'http {\n    include /etc/nginx/conf.d/*.conf;\n}\n');
  files.writeFile(
    '/etc/nginx/conf.d/default.conf',
    'server {\n    listen       80;\n    server_name  localhost;\n\n    location / {\n        root   /usr/share/nginx/html;\n        index  index.html index.htm;\n    }\n}\n',
  );
}

export const nginx = defineImage({
  command: ['nginx', '-g', 'daemon off;'],
  programs: { '/usr/sbin/nginx': nginxProgram },
  files: layDown,
  sizeBytes: 72_000_000,
});
