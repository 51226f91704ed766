import type { NodeConnector } from '@kubarium/shared';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ResourceRegistry } from '../../registry/registry.ts';
import type { ResourceRequestInfo } from '../request-info.ts';
import type { Services } from '../resource-call.ts';

export interface StreamingServices {
  readonly nodes: NodeConnector;
}

/** One request to a subresource that streams. */
export interface StreamingCall {
  readonly services: Services & StreamingServices;
  readonly info: ResourceRequestInfo;
  readonly resource: ResourceRegistry;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export type StreamingHandler = (call: StreamingCall) => Promise<unknown>;

const HANDLERS: Readonly<Record<string, StreamingHandler>> = {};

/** The handler of a subresource that is a connection rather than an object. */
export const streamingHandler = ({ group, resource, subresource }: ResourceRequestInfo): StreamingHandler | undefined =>
  group === '' ? HANDLERS[`${resource}/${subresource}`] : undefined;
