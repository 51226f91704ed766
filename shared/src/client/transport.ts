import type { ApiObject, WatchEvent } from '../api/object.ts';
import type { Resource } from '../api/resources.ts';
import type { StatusError } from '../apimachinery/status-error.ts';

export type PatchType =
  | 'application/json-patch+json'
  | 'application/merge-patch+json'
  | 'application/strategic-merge-patch+json'
  | 'application/apply-patch+yaml';

/** One request, in the API's own terms. `query` holds the wire's parameters (`labelSelector`, `dryRun`, `limit`, ...). */
export interface ApiRequest {
  readonly verb: 'get' | 'list' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';
  readonly resource: Pick<Resource, 'group' | 'version' | 'resource'>;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** The object, patch or DeleteOptions to send. Not changed, and not kept: it is copied before this call returns. */
  readonly body?: unknown;
  readonly patchType?: PatchType | undefined;
}

export interface WatchRequest {
  readonly resource: Pick<Resource, 'group' | 'version' | 'resource'>;
  readonly namespace?: string | undefined;
  readonly query?: Readonly<Record<string, string>> | undefined;
}

/** Takes what a watch brings. Calls come one at a time, in order of resourceVersion, never before `watch` returned. */
export interface WatchSink {
  event(event: WatchEvent): void;
  /** Called once, last: without an error when the server ended the watch in good order, else with the Status it sent. */
  end(error?: StatusError): void;
}

/**
 * How the client reaches the API server. Two implementations, HTTPS and in-process, pass one contract suite. Objects that come
 * back are shared and must not be changed. Every failure is a StatusError; no connection is code 503, ServiceUnavailable.
 */
export interface Transport {
  request(request: ApiRequest): Promise<ApiObject>;
  /** Opens a watch; ends it quietly, without `end`, when the returned function is called. */
  watch(request: WatchRequest, sink: WatchSink): () => void;
}
