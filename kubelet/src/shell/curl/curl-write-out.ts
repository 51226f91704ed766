import { CURL_VERSION } from './curl-options.ts';

/** What `-w` can tell of a transfer, by its names for it; times are in seconds. */
export type TransferFacts = Record<string, string | number>;

/** All names, in the order of `%{json}`, with what they are before anything has happened. */
const BEFORE: Readonly<TransferFacts> = {
  content_type: '',
  errormsg: '',
  exitcode: 0,
  http_code: 0,
  http_connect: 0,
  http_version: '0',
  local_ip: '',
  local_port: 0,
  method: '',
  num_connects: 0,
  num_headers: 0,
  num_redirects: 0,
  redirect_url: '',
  referer: '',
  remote_ip: '',
  remote_port: 0,
  response_code: 0,
  scheme: '',
  size_download: 0,
  size_header: 0,
  size_request: 0,
  size_upload: 0,
  speed_download: 0,
  speed_upload: 0,
  ssl_verify_result: 0,
  time_appconnect: 0,
  time_connect: 0,
  time_namelookup: 0,
  time_pretransfer: 0,
  time_redirect: 0,
  time_starttransfer: 0,
  time_total: 0,
  url: '',
  url_effective: '',
  urlnum: 0,
};

const ESCAPES: Readonly<Record<string, string>> = { '%%': '%', '\\n': '\n', '\\r': '\r', '\\t': '\t' };

/** `-w`: a format with the facts of a transfer filled in. */
export function writeOutText(format: string, told: TransferFacts): string {
  const seconds = Number(told['time_total']);
  const speed = (bytes: unknown): number => (seconds > 0 ? Math.floor(Number(bytes ?? 0) / seconds) : 0);
  const facts: TransferFacts = {
    ...BEFORE,
    ...told,
    response_code: told['http_code'] ?? 0,
    speed_download: speed(told['size_download']),
    speed_upload: speed(told['size_upload']),
  };
  return format.replace(/%\{(\w+)\}|%%|\\[nrt]/g, (all, name: string | undefined) => {
    if (name === undefined) return ESCAPES[all]!;
    if (name === 'json') return JSON.stringify({ ...facts, curl_version: `libcurl/${CURL_VERSION}` });
    return factText(name, facts[name] ?? '');
  });
}

function factText(name: string, value: string | number): string {
  if (name.startsWith('time_')) return Number(value).toFixed(6);
  // 000 where there was no answer.
  return /^(http_code|response_code|http_connect)$/.test(name) ? String(value).padStart(3, '0') : String(value);
}
