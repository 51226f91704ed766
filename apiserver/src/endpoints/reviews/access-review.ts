import { badRequest, invalid, type ApiObject, type StatusCause } from '@kubarium/shared';
import type { Attributes, Authorizer } from '../../authorization/authorizer.ts';
import type { User } from '../../registry/strategy.ts';
import { reviewDefinition, type ReviewResource } from '../review-resource.ts';

const GROUP = 'authorization.k8s.io';

interface AccessReview extends ApiObject {
  spec: {
    readonly resourceAttributes?: {
      readonly group?: string;
      readonly version?: string;
      readonly resource?: string;
      readonly subresource?: string;
      readonly namespace?: string;
      readonly name?: string;
      readonly verb?: string;
    };
    readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string };
    readonly user?: string;
    readonly uid?: string;
    readonly groups?: readonly string[];
    readonly extra?: Readonly<Record<string, readonly string[]>>;
  };
}

const kind = (name: string, namespaced = false): ReviewResource['definition'] =>
  reviewDefinition({
    group: GROUP,
    version: 'v1',
    resource: `${name.toLowerCase()}s`,
    kind: name,
    schema: `io.k8s.api.authorization.v1.${name}`,
    namespaced,
  });

/** May I? May they? (`kubectl auth can-i`) */
export const accessReviews = (authorizer: Authorizer): ReviewResource[] => [
  {
    definition: kind('SelfSubjectAccessReview'),
    review: async ({ user }, draft) => answered(authorizer, draft as AccessReview, user),
  },
  {
    definition: kind('SubjectAccessReview'),
    review: async (_context, draft) => answered(authorizer, draft as AccessReview, subjectOf(draft as AccessReview)),
  },
  {
    definition: kind('LocalSubjectAccessReview', true),
    review: async (_context, draft) => {
      const { spec, metadata } = draft as AccessReview;
      const user = subjectOf(draft as AccessReview);
      if (spec.resourceAttributes !== undefined && spec.resourceAttributes.namespace !== metadata.namespace) {
        refuse([
          {
            reason: 'FieldValueInvalid',
            message: `Invalid value: ${JSON.stringify(spec.resourceAttributes.namespace ?? '')}: must match metadata.namespace`,
            field: 'spec.resourceAttributes.namespace',
          },
        ]);
      }
      return answered(authorizer, draft as AccessReview, user);
    },
  },
  {
    definition: kind('SelfSubjectRulesReview'),
    review: async ({ user }, draft) => {
      const namespace = (draft as ApiObject & { spec: { namespace?: string } }).spec?.namespace;
      if (namespace === undefined || namespace === '') throw badRequest('no namespace on request');
      const rules = authorizer.rulesFor(user, namespace);
      const status = {
        resourceRules: rules
          .filter((rule) => (rule.resources ?? []).length > 0)
          .map(({ verbs, apiGroups, resources, resourceNames }) => ({
            verbs,
            apiGroups,
            resources,
            ...(resourceNames === undefined ? {} : { resourceNames }),
          })),
        nonResourceRules: rules
          .filter((rule) => (rule.nonResourceURLs ?? []).length > 0)
          .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
        incomplete: false,
      };
      return { ...draft, spec: {}, status } as ApiObject;
    },
  },
];

function answered(authorizer: Authorizer, draft: AccessReview, user: User): ApiObject {
  const { allowed, reason } = authorizer.authorize(user, attributesIn(draft));
  return { ...draft, status: { allowed, ...(reason === '' ? {} : { reason }) } } as ApiObject;
}

function subjectOf({ spec }: AccessReview): User {
  const { user = '', uid, groups = [], extra } = spec ?? {};
  if (user === '' && groups.length === 0) {
    refuse([
      {
        reason: 'FieldValueInvalid',
        message: 'Invalid value: "": at least one of user or group must be specified',
        field: 'spec.user',
      },
    ]);
  }
  return { name: user, groups, ...(uid === undefined ? {} : { uid }), ...(extra === undefined ? {} : { extra }) };
}

function attributesIn({ spec }: AccessReview): Attributes {
  const { resourceAttributes: of, nonResourceAttributes: path } = spec ?? {};
  if (of !== undefined && path !== undefined) {
    refuse([
      {
        reason: 'FieldValueInvalid',
        message: `Invalid value: ${JSON.stringify({ Path: path.path ?? '', Verb: path.verb ?? '' })}: cannot be specified in combination with resourceAttributes`,
        field: 'spec.nonResourceAttributes',
      },
    ]);
  }
  if (path !== undefined) return { verb: path.verb ?? '', path: path.path ?? '' };
  if (of === undefined) {
    refuse([
      {
        reason: 'FieldValueInvalid',
        message: 'Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
        field: 'spec.resourceAttributes',
      },
    ]);
  }
  return {
    verb: of.verb ?? '',
    resource: {
      group: of.group ?? '',
      version: of.version ?? '',
      resource: of.resource ?? '',
      subresource: of.subresource || undefined,
      namespace: of.namespace || undefined,
      name: of.name || undefined,
    },
  };
}

/** The real server leaves the kind's name out of these messages. */
function refuse(causes: StatusCause[]): never {
  throw invalid({ group: GROUP, kind: '' }, '', causes);
}
