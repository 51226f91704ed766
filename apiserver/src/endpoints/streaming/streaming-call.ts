import type { IncomingMessage } from 'node:http';
import type { NodeConnector, Pod } from '@kubarium/shared';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ResourceRegistry } from '../../registry/registry.ts';
import type { User } from '../../registry/strategy.ts';
import type { ResourceRequestInfo } from '../request-info.ts';
import type { Services } from '../resource-call.ts';
import type { Upgrade } from './upgrade.ts';

export interface StreamingServices extends Services {
  readonly nodes: NodeConnector;
}

/** One request to a subresource that is a connection rather than an object. */
export interface ConnectCall {
  readonly services: StreamingServices;
  readonly info: ResourceRequestInfo;
  readonly resource: ResourceRegistry;
  readonly user: User;
  readonly raw: IncomingMessage;
  readonly query: URLSearchParams;
}

/** Asked in the ordinary way: answered on the reply. */
export interface StreamingCall extends ConnectCall {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export type StreamingHandler = (call: StreamingCall) => Promise<unknown>;

/** Asked with an upgrade of the connection; throws before it upgrades, where there is something wrong. */
export type UpgradeHandler = (call: ConnectCall, upgrade: Upgrade) => Promise<void>;

/** The pod that the URL names. */
export async function podOf({ services, info, resource, user }: ConnectCall, name = info.name!): Promise<Pod> {
  const context = { user, runtime: services.runtime, dryRun: false };
  const { value } = await resource.get(context, { namespace: info.namespace, name });
  return value as Pod;
}
