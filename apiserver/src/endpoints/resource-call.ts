import { invariant, type ApiObject, type DeleteOptions, type Random, type Runtime } from '@kubarium/shared';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ReadableResource, Registry, ResourceRegistry, Target } from '../registry/registry.ts';
import type { ResourceDefinition } from '../registry/resource-definition.ts';
import type { RequestContext } from '../registry/strategy.ts';
import type { Representation } from './content-negotiation.ts';
import { decodeDeleteOptions, decodeObject, decodeTarget, type Decoded, type DecodeTarget } from './decode-object.ts';
import { addWarnings } from './exchange.ts';
import { methodNotAllowed } from './http-errors.ts';
import type { ApiMetrics } from './metrics.ts';
import type { FieldValidation } from './query-options.ts';
import { deleteOptionsOfQuery, validateDeleteOptions } from './query-options.ts';
import { readBody } from './read-body.ts';
import type { ResourceRequestInfo } from './request-info.ts';
import type { ReviewResource } from './review-resource.ts';
import type { EventLines } from './watch-stream.ts';

/** What the verbs are given by the server. */
export interface Services {
  readonly runtime: Runtime;
  readonly registry: Registry;
  /** One value a column. */
  readonly tableCells: (definition: ResourceDefinition, object: ApiObject, nowMs: number) => unknown[];
  readonly eventLines: EventLines;
  /** Spreads the ends of watches. */
  readonly watchRandom: Random;
  readonly reviews: readonly ReviewResource[];
  /** Aborted when the server goes down: watches end. */
  readonly closing: AbortSignal;
  readonly metrics: ApiMetrics;
}

/** One request to a served resource, allowed and understood as far as its URL and headers go. */
export interface ResourceCall<R extends ReadableResource = ResourceRegistry> {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly info: ResourceRequestInfo;
  readonly resource: R;
  readonly query: URLSearchParams;
  readonly representation: Representation;
  readonly services: Services;
}

/** One verb of the API: answers the call on its reply. */
export type VerbHandler = (call: ResourceCall) => Promise<unknown>;

/** A call that reads: of a resource that is stored, or of one that only reads can be made of. */
export type ReadCall = ResourceCall<ReadableResource>;
export type ReadHandler = (call: ReadCall) => Promise<unknown>;

export const contextOf = (call: ReadCall, dryRun: boolean): RequestContext => ({
  user: call.request.user,
  runtime: call.services.runtime,
  dryRun,
  fieldManager: call.query.get('fieldManager') || userAgentName(call.request.headers['user-agent']),
  warn: (warnings) => addWarnings(call.reply, warnings),
});

/** `kubectl` of `kubectl/v1.35.0 (linux/amd64)`. */
const userAgentName = (agent: string | undefined): string | undefined => agent?.split('/', 1)[0];

/** The object that the URL names. */
export function targetOf({ info }: ReadCall): Target {
  if (info.name === undefined) throw methodNotAllowed();
  return { name: info.name, namespace: namespaceOf(info) };
}

/** The namespace of the request's objects; a Namespace itself has none, although authorization takes its name for one. */
export const namespaceOf = (info: ResourceRequestInfo): string | undefined =>
  info.resource === 'namespaces' && info.group === '' ? undefined : info.namespace;

export const mediaTypeOf = (request: FastifyRequest): string =>
  request.headers['content-type']?.split(';', 1)[0]!.trim() ?? '';

/** Reads and decodes the object in a request's body. */
export async function decodedBody(call: ResourceCall, fieldValidation: FieldValidation): Promise<Decoded> {
  const body = await readBody(call.request.raw);
  return decodeObject(expectedKind(call), body, call.request.headers['content-type'], {
    fieldValidation,
  });
}

/** The kind that a write to the resource, or its subresource, carries. */
function expectedKind({ info, resource: { definition } }: ResourceCall): DecodeTarget {
  const subresource = info.subresource === undefined ? undefined : definition.subresources[info.subresource];
  if (subresource === undefined) return definition;
  const { kind, group = definition.group, version = definition.version } = subresource;
  if (kind === definition.kind) return definition;
  const expected = decodeTarget(group, version, kind);
  invariant(expected !== undefined, `no schema for ${group}/${version} ${kind}`);
  return expected;
}

/** DeleteOptions out of the body or, without one, the query. */
export async function deleteOptionsOf(call: ResourceCall): Promise<DeleteOptions> {
  const body = await readBody(call.request.raw);
  const options =
    body.length === 0
      ? deleteOptionsOfQuery(call.query)
      : decodeDeleteOptions(body, call.request.headers['content-type']);
  validateDeleteOptions(options);
  return options;
}
