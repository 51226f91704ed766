import { parseHttpUrl } from '../http-client.ts';
import type { HttpUrl } from '../http-client.ts';
import { CurlError } from './curl-error.ts';

/** Throws CurlError for what is no URL, or not of HTTP. */
export function parseUrl(text: string): HttpUrl {
  const url = parseHttpUrl(text.trim());
  if (url === undefined) throw new CurlError(3, 'URL rejected: Malformed input to a URL function');
  if ('unsupportedScheme' in url) throw new CurlError(1, `Protocol "${url.unsupportedScheme}" not supported`);
  return url;
}

/** Where a redirect leads. */
export function absoluteLocation(base: HttpUrl, location: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(location)) return location;
  const root = `${base.tls ? 'https' : 'http'}://${base.authority}`;
  if (location.startsWith('//')) return `${base.tls ? 'https' : 'http'}:${location}`;
  if (location.startsWith('/')) return `${root}${location}`;
  return `${root}${base.path.replace(/[?#].*/, '').replace(/[^/]*$/, '')}${location}`;
}
