import type { User } from '../registry/strategy.ts';
import type { Attributes, Authorizer, Decision, PolicyRule } from './authorizer.ts';
import type { Binding, RuleSource, Subject } from './rule-source.ts';

const SUPERUSERS = 'system:masters';
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;
const REFUSED: Decision = { allowed: false, reason: '' };
const PRIVILEGED: Decision = { allowed: true, reason: '' };

/** Role-based access control: a user may do what a role bound to it, or to one of its groups, says; `system:masters` may do all. */
export class RbacAuthorizer implements Authorizer {
  readonly #source: RuleSource;

  constructor(source: RuleSource) {
    this.#source = source;
  }

  authorize(user: User, attributes: Attributes): Decision {
    if (user.groups.includes(SUPERUSERS)) return PRIVILEGED;
    for (const { subject, binding, rule } of this.#rules(user, attributes.resource?.namespace)) {
      // A namespace's own binding says nothing about paths, or about what has no namespace.
      if (binding.namespace !== undefined && attributes.resource === undefined) continue;
      if (ruleAllows(rule, attributes)) return { allowed: true, reason: reasonOf(subject, binding) };
    }
    return REFUSED;
  }

  rulesFor(user: User, namespace: string): readonly PolicyRule[] {
    return [...this.#rules(user, namespace)].map(({ rule }) => rule);
  }

  *#rules(
    user: User,
    namespace: string | undefined,
  ): Generator<{ subject: Subject; binding: Binding; rule: PolicyRule }> {
    for (const subject of subjectsOf(user)) {
      for (const binding of this.#source.bindingsOf(subject, namespace)) {
        for (const rule of this.#source.rulesOf(binding.role, binding.namespace)) yield { subject, binding, rule };
      }
    }
  }
}

/** Everything that a binding may name and thereby mean this user. */
function subjectsOf(user: User): Subject[] {
  const account = SERVICE_ACCOUNT.exec(user.name);
  return [
    { kind: 'User', name: user.name },
    ...(account === null ? [] : [{ kind: 'ServiceAccount' as const, namespace: account[1]!, name: account[2]! }]),
    ...user.groups.map((name) => ({ kind: 'Group' as const, name })),
  ];
}

/** Whether one rule allows something. */
function ruleAllows(rule: PolicyRule, attributes: Attributes): boolean {
  if (!has(rule.verbs, attributes.verb)) return false;
  if (attributes.resource === undefined) {
    return (rule.nonResourceURLs ?? []).some((pattern) => matchesPath(pattern, attributes.path));
  }
  const { group, resource, subresource, name } = attributes.resource;
  if (!has(rule.apiGroups, group)) return false;
  const combined = subresource === undefined ? resource : `${resource}/${subresource}`;
  const named = (rule.resources ?? []).some(
    (one) => one === '*' || one === combined || (subresource !== undefined && one === `*/${subresource}`),
  );
  if (!named) return false;
  const names = rule.resourceNames ?? [];
  return names.length === 0 || (name !== undefined && names.includes(name));
}

const has = (values: readonly string[] | undefined, value: string): boolean =>
  values !== undefined && (values.includes('*') || values.includes(value));

const matchesPath = (pattern: string, path: string): boolean =>
  pattern === '*' || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)));

function reasonOf(subject: Subject, { name, namespace, role }: Binding): string {
  const kind = namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding';
  const which = namespace === undefined ? name : `${name}/${namespace}`;
  const whom = subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace}` : subject.name;
  return `RBAC: allowed by ${kind} "${which}" of ${role.kind} "${role.name}" to ${subject.kind} "${whom}"`;
}
