import {
  badRequest,
  invalid,
  parseFieldSelector,
  parseLabelSelector,
  SelectorError,
  type ApiObject,
  type LabelSelectorRequirement,
} from '@kubarium/shared';
import type { Attributes, Authorizer } from '../../authorization/authorizer.ts';
import type { FieldError, User } from '../../registry/strategy.ts';
import { reviewDefinition, type ReviewResource } from '../review-resource.ts';
import {
  localReviewErrors,
  selfReviewErrors,
  subjectReviewErrors,
  type AccessReview,
  type ReviewedSelector,
} from './validate-access-review.ts';

const GROUP = 'authorization.k8s.io';

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
    review: async ({ user }, draft) => answered(authorizer, draft, user, selfReviewErrors(draft)),
  },
  {
    definition: kind('SubjectAccessReview'),
    review: async (_context, draft) => answered(authorizer, draft, subjectOf(draft), subjectReviewErrors(draft)),
  },
  {
    definition: kind('LocalSubjectAccessReview', true),
    review: async (_context, draft) => answered(authorizer, draft, subjectOf(draft), localReviewErrors(draft)),
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

/** The real server leaves the kind's name out of what it says is wrong. */
function answered(authorizer: Authorizer, draft: AccessReview, user: User, errors: readonly FieldError[]): ApiObject {
  if (errors.length > 0) throw invalid({ group: GROUP, kind: '' }, '', errors);
  const { allowed, reason } = authorizer.authorize(user, attributesIn(draft));
  const evaluationError = unreadSelectors(draft).join('; ');
  const status = {
    allowed,
    ...(reason === '' ? {} : { reason }),
    ...(evaluationError === '' ? {} : { evaluationError }),
  };
  return { ...draft, status } as ApiObject;
}

function subjectOf({ spec }: AccessReview): User {
  const { user = '', uid, groups = [], extra } = spec ?? {};
  return { name: user, groups, ...(uid === undefined ? {} : { uid }), ...(extra === undefined ? {} : { extra }) };
}

function attributesIn({ spec }: AccessReview): Attributes {
  const { resourceAttributes: of = {}, nonResourceAttributes: path } = spec ?? {};
  if (path !== undefined) return { verb: path.verb ?? '', path: path.path ?? '' };
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

/** The authorizer looks at no selectors, but the real server says of those that it cannot read that it leaves them out. */
function unreadSelectors({ spec }: AccessReview): string[] {
  const { fieldSelector, labelSelector } = spec?.resourceAttributes ?? {};
  return [
    ...(isReadable(fieldSelector, parseFieldSelector, isFieldRequirement) ? [] : ['fieldSelector']),
    ...(isReadable(labelSelector, parseLabelSelector, isLabelRequirement) ? [] : ['labelSelector']),
  ].map((name) => `spec.resourceAttributes.${name} ignored due to parse error`);
}

function isReadable(
  { rawSelector = '', requirements = [] }: ReviewedSelector = {},
  parse: (text: string) => unknown,
  isRequirement: (requirement: LabelSelectorRequirement) => boolean,
): boolean {
  try {
    parse(rawSelector);
  } catch (error) {
    if (error instanceof SelectorError) return false;
    throw error;
  }
  return requirements.every(isRequirement);
}

const isFieldRequirement = ({ operator, values }: LabelSelectorRequirement): boolean =>
  ['In', 'NotIn'].includes(operator) && values?.length === 1;

const isLabelRequirement = ({ operator }: LabelSelectorRequirement): boolean =>
  ['In', 'NotIn', 'Exists', 'DoesNotExist'].includes(operator);
