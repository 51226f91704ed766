import { forbidden, StatusError } from '@kubarium/shared';
import type { User } from '../registry/strategy.ts';
import type { Attributes } from './authorizer.ts';

/** 403 in the real server's words. */
export function forbiddenError(user: User, attributes: Attributes, reason: string): StatusError {
  const why = reason === '' ? '' : `: ${reason}`;
  const who = `User ${JSON.stringify(user.name)} cannot ${attributes.verb}`;
  if (attributes.resource === undefined) {
    return new StatusError({
      message: `forbidden: ${who} path ${JSON.stringify(attributes.path)}${why}`,
      reason: 'Forbidden',
      details: {},
      code: 403,
    });
  }
  const { group, resource, subresource, namespace, name } = attributes.resource;
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  return forbidden(
    { group, resource },
    name ?? '',
    `${who} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}${why}`,
  );
}
