import type { Process } from '../../container/process.ts';
import { readWhole } from '../../container/standard-io.ts';
import type { Options } from '../command.ts';
import type { HttpUrl } from '../http-client.ts';
import { CURL_VERSION } from './curl-options.ts';

/** One HTTP request as it goes out. */
export interface CurlRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer | undefined;
}

/** The request that the options ask for. */
export async function curlRequest(process: Process, options: Options, url: HttpUrl): Promise<CurlRequest> {
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
  let body = await requestBody(process, options);
  let path = url.path;
  if (options.has('G') && body !== undefined) {
    path += `${path.includes('?') ? '&' : '?'}${body.toString()}`;
    body = undefined;
  }
  if (options.has('T')) body = await readWhole(process, options.value('T')!);
  const method =
    options.value('X') ?? (options.has('I') ? 'HEAD' : options.has('T') ? 'PUT' : body === undefined ? 'GET' : 'POST');
  if (body !== undefined) {
    if (json.length > 0) add('Content-Type', 'application/json');
    add('Content-Length', String(body.length));
    if (json.length === 0 && !options.has('T')) add('Content-Type', 'application/x-www-form-urlencoded');
  }
  for (const [name, value] of given) if (value !== undefined) headers.push([name, value]);
  if (!given.some(([name]) => name.toLowerCase() === 'host')) headers.unshift(['Host', url.authority]);
  return { method, path, headers, body };
}

/** What `-d` and its kin give, files read; undefined where there is none. */
async function requestBody(process: Process, options: Options): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  const add = async (text: string, mode: 'ascii' | 'binary' | 'raw'): Promise<void> => {
    if (mode === 'raw' || !text.startsWith('@')) parts.push(Buffer.from(text));
    else {
      const data = await readWhole(process, text.slice(1));
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
