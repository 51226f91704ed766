import { badRequest, timestamp, type ApiObject } from '@kubarium/shared';
import { authenticated } from '../../authentication/authenticator.ts';
import type { TokenReader } from '../../authentication/bearer-token.ts';
import { DEFAULT_ISSUER } from '../../authentication/service-account-signer.ts';
import type { Authorizer } from '../../authorization/authorizer.ts';
import type { User } from '../../registry/strategy.ts';
import { reviewDefinition, type ReviewResource } from '../review-resource.ts';
import { accessReviews } from './access-review.ts';

const GROUP = 'authentication.k8s.io';

/** The reviews that every API server answers: who am I, whose token is this, may I do that. */
export const builtInReviews = (authorizer: Authorizer, tokens: TokenReader): ReviewResource[] => [
  {
    definition: reviewDefinition({
      group: GROUP,
      version: 'v1',
      resource: 'selfsubjectreviews',
      kind: 'SelfSubjectReview',
      schema: 'io.k8s.api.authentication.v1.SelfSubjectReview',
    }),
    review: async ({ user, runtime }, { kind, apiVersion }) =>
      ({
        kind,
        apiVersion,
        metadata: { creationTimestamp: timestamp(runtime.clock.now()) },
        status: { userInfo: userInfo(user) },
      }) as unknown as ApiObject,
  },
  {
    definition: reviewDefinition({
      group: GROUP,
      version: 'v1',
      resource: 'tokenreviews',
      kind: 'TokenReview',
      schema: 'io.k8s.api.authentication.v1.TokenReview',
    }),
    review: async (_context, draft) => {
      const { token, audiences } =
        (draft as ApiObject & { spec?: { token?: string; audiences?: string[] } }).spec ?? {};
      if (token === undefined || token === '') {
        throw badRequest('token is required for TokenReview in authentication');
      }
      const asked = audiences === undefined || audiences.length === 0 ? [DEFAULT_ISSUER] : audiences;
      const user = await tokens.userOf(token, asked);
      const status =
        user === undefined
          ? { user: {}, error: 'invalid bearer token' }
          : { authenticated: true, user: userInfo(authenticated(user)), audiences: asked };
      return { ...draft, status } as ApiObject;
    },
  },
  ...accessReviews(authorizer),
];

const userInfo = ({ name, uid, groups, extra }: User): object => ({
  username: name,
  ...(uid === undefined ? {} : { uid }),
  groups,
  ...(extra === undefined ? {} : { extra }),
});
