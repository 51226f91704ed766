/**
 * What a request asks for, read off its method and URL alone (the same reading as k8s.io/apiserver's RequestInfo):
 *
 *   /api/VERSION/RESOURCE[/NAME[/SUBRESOURCE[/REST]]]
 *   /api/VERSION/namespaces/NAMESPACE/RESOURCE[/NAME[/SUBRESOURCE[/REST]]]
 *   /apis/GROUP/VERSION/...                      the same
 *   /api/VERSION/watch/..., /apis/GROUP/VERSION/watch/...   the old spelling of `?watch=true`
 *
 * Everything else is a non-resource path; its verb is the method in lower case.
 */
export type RequestInfo = ResourceRequestInfo | PathRequestInfo;

export interface PathRequestInfo {
  readonly isResource: false;
  readonly verb: string;
  readonly path: string;
}

export interface ResourceRequestInfo {
  readonly isResource: true;
  /** get, list, watch, create, update, patch, delete, deletecollection; or the method in lower case where it has no meaning. */
  readonly verb: string;
  readonly path: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  /** What follows the subresource, without a leading slash and not decoded (proxy paths); undefined where nothing follows. */
  readonly rest: string | undefined;
}

const VERBS: Readonly<Record<string, string>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** A namespace's own subresources: `/namespaces/NAME/status` is not a resource called "status". */
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

/** Reads a request's meaning; throws URIError where the path is not properly percent-encoded. */
export function requestInfo(method: string, url: string): RequestInfo {
  const mark = url.indexOf('?');
  const rawPath = mark === -1 ? url : url.slice(0, mark);
  const path = rawPath.includes('%') ? decodeURIComponent(rawPath) : rawPath;
  const nonResource: PathRequestInfo = { isResource: false, verb: method.toLowerCase(), path };
  const parts = rawPath.split('/');
  // parts[0] is the nothing before the first slash.
  let at: number;
  if (parts[1] === 'api') at = 2;
  else if (parts[1] === 'apis') at = 3;
  else return nonResource;
  const group = at === 3 ? decoded(parts[2]) : '';
  const version = decoded(parts[at++]);
  if (group === undefined || version === undefined) return nonResource;
  const watchPrefix = parts[at] === 'watch';
  if (watchPrefix) at++;
  if (parts[at] === undefined || parts[at] === '') return nonResource;

  let namespace: string | undefined;
  let resource = decoded(parts[at])!;
  const second = decoded(parts[at + 1]);
  const third = decoded(parts[at + 2]);
  if (resource === 'namespaces' && second !== undefined) {
    namespace = second;
    if (third !== undefined && !(NAMESPACE_SUBRESOURCES.has(third) && group === '')) {
      resource = third;
      at += 2;
    }
  }
  const name = decoded(parts[at + 1]);
  const subresource = decoded(parts[at + 2]);
  const rest = parts.length > at + 3 ? parts.slice(at + 3).join('/') : undefined;

  let verb = VERBS[method] ?? method.toLowerCase();
  if (watchPrefix && verb === 'get') verb = 'watch';
  else if (name === undefined && verb === 'get') verb = isWatch(url, mark) ? 'watch' : 'list';
  else if (name === undefined && verb === 'delete') verb = 'deletecollection';
  return { isResource: true, verb, path, group, version, resource, namespace, name, subresource, rest };
}

const decoded = (part: string | undefined): string | undefined => {
  if (part === undefined || part === '') return undefined;
  return part.includes('%') ? decodeURIComponent(part) : part;
};

function isWatch(url: string, mark: number): boolean {
  if (mark === -1 || !url.includes('watch', mark)) return false;
  return truth(new URLSearchParams(url.slice(mark)).get('watch'));
}

/** How the API reads a boolean parameter: present is true, except for `false` and `0`. */
export const truth = (value: string | null): boolean => {
  if (value === null) return false;
  const lower = value.toLowerCase();
  return lower !== 'false' && lower !== '0';
};
