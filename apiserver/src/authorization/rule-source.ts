import type { PolicyRule } from './authorizer.ts';

export interface Subject {
  readonly kind: 'User' | 'Group' | 'ServiceAccount';
  readonly name: string;
  readonly namespace?: string | undefined;
}

export interface RoleReference {
  readonly kind: 'ClusterRole' | 'Role';
  readonly name: string;
}

/** A RoleBinding (with a namespace) or ClusterRoleBinding (without). */
export interface Binding {
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly role: RoleReference;
  readonly subjects: readonly Subject[];
}

/** Where the authorizer's rules come from: roles and bindings, asked by who is bound and where. */
export interface RuleSource {
  /** The bindings of one subject that count in a namespace: cluster-wide ones first, then the namespace's own. */
  bindingsOf(subject: Subject, namespace: string | undefined): Iterable<Binding>;
  /** The rules of a role; none where there is no such role. */
  rulesOf(role: RoleReference, namespace: string | undefined): readonly PolicyRule[];
}

export const subjectKey = (subject: Subject): string =>
  subject.kind === 'ServiceAccount'
    ? `ServiceAccount:${subject.namespace}:${subject.name}`
    : `${subject.kind}:${subject.name}`;
