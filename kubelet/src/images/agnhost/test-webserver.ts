import { serveHttp } from '../../container/http-server.ts';
import { sendPage, sitePage } from '../static-site.ts';
import type { SubCommand } from './agnhost.ts';
import { untilEnded } from './until-ended.ts';

/** `test-webserver [--port 80]`: the container's files over HTTP, with a listing for directories. */
export const testWebserver: SubCommand = (process, flags) => {
  serveHttp(process, { port: flags.number('port', 80) }, (request, response) => {
    const url = (request.url ?? '/').replace(/[?#].*/, '');
    const page = sitePage(process, '/', url, {
      index: ['index.html'],
      errorPage: (status) => (status === 404 ? '404 page not found\n' : `${status}\n`),
    });
    if (page.status !== 403 || !process.files.exists(url) || process.files.stat(url).type !== 'directory')
      return sendPage(request, response, page);
    const names = process.files
      .readDirectory(url)
      .map(
        (name) =>
          `<a href="${encodeURIComponent(name)}">${name.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</a>\n`,
      );
    return sendPage(request, response, {
      status: 200,
      headers: { 'Content-Type': 'text/html; charset=utf-8' },
      body: Buffer.from(`<pre>\n${names.join('')}</pre>\n`),
    });
  });
  return untilEnded(process);
};
