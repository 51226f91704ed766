import type { IncomingHttpHeaders } from 'node:http';
import { badRequest } from '@kubarium/shared';
import { forbiddenError } from '../authorization/forbidden-error.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { User } from '../registry/strategy.ts';
import { ALL_AUTHENTICATED, ANONYMOUS } from './authenticator.ts';

const EXTRA = 'impersonate-extra-';
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

/**
 * The user that a request wants to be treated as (`kubectl --as`): the user itself where there are no such headers. Each name taken
 * on must be allowed by the verb `impersonate`.
 */
export function impersonated(user: User, headers: IncomingHttpHeaders, authorizer: Authorizer): User {
  const name = single(headers['impersonate-user']);
  const groups = list(headers['impersonate-group']);
  const uid = single(headers['impersonate-uid']);
  const extra = extraOf(headers);
  if (name === undefined || name === '') {
    if (groups.length === 0 && uid === undefined && Object.keys(extra).length === 0) return user;
    const asked = groups.map((group) => `{Group  ${group}    }`).join(' ');
    throw badRequest(`requested [${asked}] without impersonating a user`);
  }
  const check = (group: string, resource: string, one: string, namespace?: string, subresource?: string): void => {
    const attributes = {
      verb: 'impersonate',
      resource: { group, version: 'v1', resource, subresource, namespace, name: one },
    };
    const { allowed, reason } = authorizer.authorize(user, attributes);
    if (!allowed) throw forbiddenError(user, attributes, reason);
  };
  const account = SERVICE_ACCOUNT.exec(name);
  if (account === null) check('', 'users', name);
  else check('', 'serviceaccounts', account[2]!, account[1]);
  for (const group of groups) check('', 'groups', group);
  if (uid !== undefined) check('authentication.k8s.io', 'uids', uid);
  for (const [key, values] of Object.entries(extra)) {
    for (const value of values) check('authentication.k8s.io', 'userextras', value, undefined, key);
  }
  const own =
    account !== null && groups.length === 0
      ? ['system:serviceaccounts', `system:serviceaccounts:${account[1]}`]
      : groups;
  const known = name === ANONYMOUS.name ? ANONYMOUS.groups : [ALL_AUTHENTICATED];
  return {
    name,
    ...(uid === undefined ? {} : { uid }),
    groups: [...new Set([...own, ...known])],
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}

const list = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : (Array.isArray(value) ? value : value.split(',')).map((one) => one.trim());

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

function extraOf(headers: IncomingHttpHeaders): Record<string, string[]> {
  const extra: Record<string, string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(EXTRA)) extra[decodeURIComponent(name.slice(EXTRA.length))] = list(value);
  }
  return extra;
}
