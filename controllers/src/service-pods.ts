import {
  deepEqual,
  type Indexers,
  type Informer,
  type InformerFactory,
  mapSelectorMatches,
  type Pod,
  PODS,
  type Service,
  SERVICES,
} from '@kubarium/shared';
import { isPodReady, isPodTerminal } from './pod-state.ts';

const LABEL_INDEX = 'label';
const SELECTOR_INDEX = 'selector';

const pair = (namespace: string | undefined, name: string, value: string): string => `${namespace}/${name}=${value}`;

const POD_INDEXERS: Indexers<Pod> = {
  [LABEL_INDEX]: ({ metadata }) =>
    Object.entries(metadata.labels ?? {}).map(([name, value]) => pair(metadata.namespace, name, value)),
};

const SERVICE_INDEXERS: Indexers<Service> = {
  /** By one pair of the selector: a pod that has not this one is not selected. */
  [SELECTOR_INDEX]: ({ metadata, spec }) =>
    Object.entries(spec.selector ?? {})
      .slice(0, 1)
      .map(([name, value]) => pair(metadata.namespace, name, value)),
};

/** Which pods a Service selects and which Services select a pod, by index: the cost grows with the answer. */
export class ServicePods {
  readonly pods: Informer<Pod>;
  readonly services: Informer<Service>;

  constructor(informers: InformerFactory) {
    this.pods = informers.informer(PODS, { indexers: POD_INDEXERS });
    this.services = informers.informer(SERVICES, { indexers: SERVICE_INDEXERS });
  }

  /** Empty for a Service without selector. */
  podsOf({ metadata, spec }: Service): readonly Pod[] {
    const buckets = Object.entries(spec.selector ?? {}).map(([name, value]) =>
      this.pods.store.byIndex(LABEL_INDEX, pair(metadata.namespace, name, value)),
    );
    if (buckets.length <= 1) return buckets[0] ?? [];
    const smallest = buckets.reduce((least, bucket) => (bucket.length < least.length ? bucket : least));
    return smallest.filter((pod) => mapSelectorMatches(spec.selector, pod.metadata.labels));
  }

  servicesOf({ metadata }: Pod): readonly Service[] {
    return Object.entries(metadata.labels ?? {}).flatMap(([name, value]) =>
      this.services.store
        .byIndex(SELECTOR_INDEX, pair(metadata.namespace, name, value))
        .filter((service) => mapSelectorMatches(service.spec.selector, metadata.labels)),
    );
  }

  /** Calls back with each Service whose endpoints a change of a pod may change, and with what it had of the pod before, if anything. */
  onPodChange(callback: (service: Service, pod: Pod, previous: Pod | undefined) => void): void {
    const tell = (pod: Pod, previous: Pod | undefined): void => {
      for (const service of this.servicesOf(pod))
        callback(service, pod, previous && isSelected(service, previous) ? previous : undefined);
    };
    this.pods.onChange({
      added: (pod) => tell(pod, undefined),
      updated: (pod, previous) => {
        const isRelabelled = !deepEqual(pod.metadata.labels, previous.metadata.labels);
        if (isRelabelled) tell(previous, previous);
        if (isRelabelled || endpointChanged(pod, previous)) tell(pod, previous);
      },
      deleted: (pod) => tell(pod, pod),
    });
  }
}

const isSelected = ({ spec }: Service, { metadata }: Pod): boolean =>
  mapSelectorMatches(spec.selector, metadata.labels);

const endpointChanged = (pod: Pod, previous: Pod): boolean =>
  pod.status.podIP !== previous.status.podIP ||
  isPodReady(pod) !== isPodReady(previous) ||
  isPodTerminal(pod) !== isPodTerminal(previous) ||
  pod.metadata.deletionTimestamp !== previous.metadata.deletionTimestamp ||
  pod.spec.nodeName !== previous.spec.nodeName;

/** True where a pod has a place among endpoints: it has an address and its containers have not ended. */
export const mayBeEndpoint = (pod: Pod): boolean => !isPodTerminal(pod) && (pod.status.podIP ?? '') !== '';

/** The name that headless DNS gives the pod for this Service, where it has one. */
export const endpointHostname = (pod: Pod, service: Service): string | undefined =>
  pod.spec.hostname && pod.spec.subdomain === service.metadata.name ? pod.spec.hostname : undefined;
