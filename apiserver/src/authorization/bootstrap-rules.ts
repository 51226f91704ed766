import bootstrap from '../../facts/bootstrap.json' with { type: 'json' };
import type { PolicyRule } from './authorizer.ts';
import { subjectKey, type Binding, type RoleReference, type RuleSource, type Subject } from './rule-source.ts';

interface RecordedRole {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly PolicyRule[] | null;
}

interface RecordedBinding {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly Subject[];
}

const RBAC = '/apis/rbac.authorization.k8s.io/v1/';

/**
 * Simplified: nodes have all of the ClusterRole `system:node` for all objects; the real Node authorizer limits each to what
 * belongs to its own pods.
 */
const NODES_BINDING: Binding = {
  name: 'system:node',
  role: { kind: 'ClusterRole', name: 'system:node' },
  subjects: [{ kind: 'Group', name: 'system:nodes' }],
};

/** The roles and bindings that every new cluster has, out of the recorded facts. */
export function bootstrapRules(): RuleSource {
  const recorded = bootstrap as unknown as Record<string, readonly unknown[]>;
  const rules = new Map<string, readonly PolicyRule[]>();
  for (const kind of ['clusterroles', 'roles'] as const) {
    for (const role of (recorded[RBAC + kind] ?? []) as readonly RecordedRole[]) {
      rules.set(roleKey(role.metadata.namespace, role.metadata.name), role.rules ?? []);
    }
  }
  const bindings = new Map<string, Binding[]>();
  const add = (binding: Binding): void => {
    for (const subject of binding.subjects) {
      const key = subjectKey(subject);
      const held = bindings.get(key);
      if (held === undefined) bindings.set(key, [binding]);
      else held.push(binding);
    }
  };
  for (const kind of ['clusterrolebindings', 'rolebindings'] as const) {
    for (const { metadata, roleRef, subjects } of (recorded[RBAC + kind] ?? []) as readonly RecordedBinding[]) {
      const role = { kind: roleRef.kind as RoleReference['kind'], name: roleRef.name };
      add({ name: metadata.name, namespace: metadata.namespace, role, subjects: subjects ?? [] });
    }
  }
  add(NODES_BINDING);
  return {
    bindingsOf: (subject, namespace) =>
      (bindings.get(subjectKey(subject)) ?? []).filter(
        (binding) => binding.namespace === undefined || binding.namespace === namespace,
      ),
    rulesOf: (role, namespace) => rules.get(roleKey(role.kind === 'Role' ? namespace : undefined, role.name)) ?? [],
  };
}

const roleKey = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`;
