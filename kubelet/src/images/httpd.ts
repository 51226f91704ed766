import type { Program } from '../container/process.ts';
import { serveHttp } from '../container/http-server.ts';
import { defineImage } from './define-image.ts';
import { accessLine, sendPage, sitePage } from './static-site.ts';

const errorPage = (status: number): string => {
  const title =
    status === 404
      ? '404 Not Found'
      : status === 403
        ? '403 Forbidden'
        : status === 301
          ? '301 Moved Permanently'
          : '400 Bad Request';
  return `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>${title}</title>\n</head><body>\n<h1>${title.slice(4)}</h1>\n</body></html>\n`;
};

/** Apache's httpd: serves /usr/local/apache2/htdocs on port 80, with an access log on stdout. Simplified: its configuration is not read. */
const httpdProgram: Program = (process) =>
  new Promise((resolve) => {
    serveHttp(process, { port: 80, name: 'Apache/2.4.62 (Unix)' }, (request, response) => {
      const page = sitePage(process, '/usr/local/apache2/htdocs', request.url ?? '/', {
        index: ['index.html'],
        errorPage,
        host: request.headers.host,
      });
      sendPage(request, response, page);
      process.stdout.write(accessLine(process, request, page));
    });
    process.stderr.write('[mpm_event:notice] AH00489: Apache/2.4.62 (Unix) configured -- resuming normal operations\n');
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGWINCH'] as const) process.onSignal(signal, () => resolve(0));
  });

export const httpd = defineImage({
  command: ['httpd-foreground'],
  workingDirectory: '/usr/local/apache2',
  programs: { '/usr/local/bin/httpd-foreground': httpdProgram },
  files: (files) => {
    files.makeDirectory('/usr/local/apache2/htdocs', { recursive: true });
    files.writeFile('/usr/local/apache2/htdocs/index.html', '<html><body><h1>It works!</h1></body></html>\n');
  },
  sizeBytes: 58_000_000,
});
