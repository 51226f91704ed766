import { parseRequest } from '@kubarium/dns';
import type { Alternative } from '@kubarium/shared';
import type { ClusterView } from '../explain/cluster-view.ts';
import { nearestText } from '../explain/edit-distance.ts';

/** How many Services or endpoints are told of a name. */
const MOST = 8;

/**
 * What cluster DNS might have answered to a name, and why it did not: where there is no such Service, its namesakes elsewhere and the
 * nearest name in the namespace; of a headless one, the endpoints that are left out.
 */
export function dnsAlternatives(view: ClusterView, name: string): readonly Alternative[] {
  const request = parseRequest(name, view.options.clusterDomain);
  if (request.kind !== 'service') return [];
  const { namespace, service: wanted } = request;
  const service = view.services.store.get(`${namespace}/${wanted}`);
  if (service === undefined) {
    const others = view.servicesLike(namespace, wanted);
    const near = nearestText(
      wanted,
      others.filter(({ metadata }) => metadata.namespace === namespace).map(({ metadata }) => metadata.name),
    );
    return others
      .filter(
        ({ metadata }) => metadata.name === wanted || (metadata.namespace === namespace && metadata.name === near),
      )
      .slice(0, MOST)
      .map(({ metadata }) => ({
        what: `Service ${metadata.namespace}/${metadata.name}`,
        why: metadata.name === wanted ? 'in another namespace' : 'another name',
        taken: false,
      }));
  }
  if (service.spec.clusterIP !== 'None' || service.spec.publishNotReadyAddresses === true) return [];
  return view
    .slicesOf(service)
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready === false)
    .slice(0, MOST)
    .map(({ addresses, targetRef, conditions }) => ({
      what: [addresses[0], targetRef?.kind === 'Pod' ? `pod ${namespace}/${targetRef.name}` : ''].join(' ').trimEnd(),
      why: conditions?.terminating === true ? 'terminating' : 'not ready',
      taken: false,
    }));
}
