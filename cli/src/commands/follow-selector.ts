/** What `kubarium trace --follow` is narrowed to. */
export interface FollowFilters {
  readonly namespace?: string;
  /** NAME, in `namespace` or else in default, or NAMESPACE/NAME. */
  readonly pod?: string;
  readonly service?: string;
  readonly verdict?: FollowVerdict;
}

/** The verdicts of connections and datagrams, and one word for all those that did not arrive. */
export const VERDICTS = ['delivered', 'refused', 'dropped', 'denied', 'unreachable', 'failed'] as const;
export type FollowVerdict = (typeof VERDICTS)[number];

/** The field selector of the Traces that fit: connections and datagrams only, since requests are made of these. */
export function followSelector({ namespace, pod, service, verdict }: FollowFilters): string {
  const qualified = (name: string): string => (name.includes('/') ? name : `${namespace ?? 'default'}/${name}`);
  return [
    'spec.url=',
    ...(namespace === undefined ? [] : [`namespace=${namespace}`]),
    ...(pod === undefined ? [] : [`pod=${qualified(pod)}`]),
    ...(service === undefined ? [] : [`status.service=${qualified(service)}`]),
    ...(verdict === undefined
      ? []
      : [verdict === 'failed' ? 'status.verdict!=Delivered' : `status.verdict=${capitalized(verdict)}`]),
  ].join(',');
}

const capitalized = (word: string): string => word[0]!.toUpperCase() + word.slice(1);
