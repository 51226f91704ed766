import type { LabelSelector, LabelSelectorRequirement } from '@kubarium/shared';

const NONE = '<none>';

/** Labels as `a=1,b=2` in key order; `<none>` for an empty set. */
export function labelsText(labels: Readonly<Record<string, string>> | undefined): string {
  const keys = Object.keys(labels ?? {}).toSorted();
  return keys.length === 0 ? NONE : keys.map((key) => `${key}=${labels![key]}`).join(',');
}

/** A label selector as kubectl writes one: `app=web,tier in (a,b),!old`; `<none>` for one that selects nothing or everything. */
export function selectorText(selector: LabelSelector | undefined, whenEmpty = NONE): string {
  const requirements: LabelSelectorRequirement[] = [
    ...Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({ key, operator: '=', values: [value] })),
    ...(selector?.matchExpressions ?? []),
  ];
  if (requirements.length === 0) return whenEmpty;
  return requirements
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(requirementText)
    .join(',');
}

function requirementText({ key, operator, values = [] }: LabelSelectorRequirement): string {
  switch (operator) {
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    case 'In':
      return `${key} in (${values.toSorted().join(',')})`;
    case 'NotIn':
      return `${key} notin (${values.toSorted().join(',')})`;
    default:
      return `${key}=${values.join(',')}`;
  }
}
