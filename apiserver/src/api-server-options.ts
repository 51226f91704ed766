import type { Logger, NodeConnector, Runtime } from '@kubarium/shared';
import type { Authorizer } from './authorization/authorizer.ts';
import type { ServiceAccountSigner } from './authentication/service-account-signer.ts';
import type { ReviewResource } from './endpoints/review-resource.ts';
import type { Registry } from './registry/registry.ts';

/** Everything that an API server needs from outside. */
export interface ApiServerOptions {
  readonly runtime: Runtime;
  readonly registry: Registry;
  /** How `pods/exec`, `pods/log`, proxies and the like reach nodes and pods. */
  readonly nodes: NodeConnector;
  readonly tls: TlsOptions;
  /** Where to listen; 127.0.0.1 by default. */
  readonly address?: string | undefined;
  /** 0 takes a free port. */
  readonly port: number;
  /** A bearer token that makes its holder an administrator (group `system:masters`). */
  readonly adminToken?: string | undefined;
  /** Whose ServiceAccount tokens are taken: the same that issues them to `serviceaccounts/token`. */
  readonly serviceAccountSigner?: ServiceAccountSigner | undefined;
  /** By default RBAC with the roles and bindings of a new cluster. */
  readonly authorizer?: Authorizer | undefined;
  /** Kinds that are answered when created and never stored, besides the built-in ones. */
  readonly reviews?: readonly ReviewResource[] | undefined;
  /** The revision of the last write, for metrics. */
  readonly storageRevision?: (() => number) | undefined;
  readonly logger?: Logger | undefined;
}

/** PEM texts. */
export interface TlsOptions {
  readonly key: string;
  readonly cert: string;
  /** The CA that client certificates must come from. */
  readonly clientCa: string;
}
