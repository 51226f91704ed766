import type { IncomingMessage } from 'node:http';
import type { User } from '../registry/strategy.ts';

/**
 * Finds out who sends a request. Undefined: the request has no credentials of this kind. Credentials that do not hold are
 * refused with a StatusError 401.
 */
export interface Authenticator {
  authenticate(request: IncomingMessage): Promise<User | undefined>;
}

export const ALL_AUTHENTICATED = 'system:authenticated';

export const ANONYMOUS: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** Asks one after the other; whom nobody knows is anonymous, everybody else belongs to `system:authenticated`. */
export const firstOf = (
  ...authenticators: readonly Authenticator[]
): { authenticate(request: IncomingMessage): Promise<User> } => ({
  async authenticate(request) {
    for (const authenticator of authenticators) {
      const user = await authenticator.authenticate(request);
      if (user !== undefined) return authenticated(user);
    }
    return ANONYMOUS;
  },
});

/** A user with the group that every known user has. */
export const authenticated = (user: User): User =>
  user.groups.includes(ALL_AUTHENTICATED) || user.name === ANONYMOUS.name
    ? user
    : { ...user, groups: [...user.groups, ALL_AUTHENTICATED] };
