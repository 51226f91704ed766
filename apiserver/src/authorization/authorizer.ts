import type { RequestInfo } from '../endpoints/request-info.ts';
import type { User } from '../registry/strategy.ts';

/** What somebody wants to do: a verb on a resource, or on a path that is no resource. */
export type Attributes = { readonly verb: string } & (
  | { readonly resource: ResourceAttributes; readonly path?: undefined }
  | { readonly path: string; readonly resource?: undefined }
);

export interface ResourceAttributes {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

export interface Decision {
  readonly allowed: boolean;
  /** Why, for people; may be empty. */
  readonly reason: string;
}

/** One permission, as in an RBAC role; `*` stands for all. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[] | undefined;
  readonly resources?: readonly string[] | undefined;
  readonly resourceNames?: readonly string[] | undefined;
  readonly nonResourceURLs?: readonly string[] | undefined;
}

/** Decides whether a user may do something. */
export interface Authorizer {
  authorize(user: User, attributes: Attributes): Decision;
  /** All that a user may do in a namespace (SelfSubjectRulesReview). */
  rulesFor(user: User, namespace: string): readonly PolicyRule[];
}

/** What a request is authorized for. */
export const attributesOf = (info: RequestInfo): Attributes =>
  info.isResource
    ? {
        verb: info.verb,
        resource: {
          group: info.group,
          version: info.version,
          resource: info.resource,
          subresource: info.subresource,
          namespace: info.namespace,
          name: info.name,
        },
      }
    : { verb: info.verb, path: info.path };
