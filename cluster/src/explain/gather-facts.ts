import {
  chooseEndpoints,
  portKey,
  sliceEndpoints,
  type Endpoint,
  type EndpointChoice,
  type ProxyNode,
} from '@kubarium/proxy';
import type { EndpointSlice, Pod, Service } from '@kubarium/shared';
import { askedOf } from './asked.ts';
import type { ClusterView } from './cluster-view.ts';
import { explainService } from './explain-service.ts';
import {
  SESSION_AFFINITY,
  type Asked,
  type Client,
  type Denial,
  type Facts,
  type PodFacts,
  type ServicePort,
} from './facts.ts';
import type { Finding } from './finding.ts';
import { isReady } from './pod-trouble.ts';

/** How many pods that are not ready are asked for their events. */
const PODS_WITH_EVENTS_MAX = 5;
/** How far an alias is followed. */
const ALIAS_MAX = 8;

export interface Question {
  readonly asked: Asked;
  readonly client: Client | undefined;
  /** False leaves cluster DNS aside: what is asked about is the Service alone. */
  readonly withDns: boolean;
}

/** Collects what is known about a question: one set of facts for each port of the Service that is asked. */
export async function gatherFacts(view: ClusterView, question: Question, depth = 0): Promise<readonly Facts[]> {
  const { asked, client } = question;
  const { clusterDomain } = view.options;
  const service =
    asked.address === undefined
      ? view.services.store.get(`${asked.namespace}/${asked.name}`)
      : view.serviceAt(asked.address);
  const namespace = service?.metadata.namespace ?? asked.namespace;
  const selector = service?.spec.selector ?? {};
  const deleted =
    asked.address === undefined ? view.deleted.named(asked.namespace, asked.name) : view.deleted.at(asked.address);
  const selected = service?.spec.type === 'ExternalName' ? [] : view.podsOf(namespace, selector);
  const selectsNone = service !== undefined && Object.keys(selector).length > 0 && selected.length === 0;
  const slices = service === undefined ? [] : view.slicesOf(service);
  const shared = {
    asked,
    client,
    clusterDomain,
    namespaceExists: view.hasNamespace(namespace),
    service,
    otherServices:
      service === undefined ? view.servicesLike(deleted?.namespace ?? namespace, deleted?.name ?? asked.name) : [],
    deleted,
    slices,
    strandedSlices: service === undefined ? [] : view.strandedSlices(namespace),
    pods: await podFacts(view, selected),
    otherPods: selectsNone ? view.podsNear(namespace) : [],
    podsElsewhere: selectsNone ? view.podsElsewhere(namespace, selector) : [],
    workloads: selectsNone ? view.workloads(namespace, selector) : [],
    openPorts: (address: string) => view.options.network.openPortsOf(address),
    dnsFinding: question.withDns ? await dnsFinding(view, depth) : undefined,
    dnsDenials: question.withDns ? dnsDenials(view, client) : [],
    aliasFinding: await aliasFinding(view, service, question, depth),
  };
  return portsAsked(service, asked, client).map((port) => {
    const routed = routing(view, service, slices, port, client);
    const protocol = port?.protocol ?? 'TCP';
    return { ...shared, port, ...routed, denials: policyVerdicts(view, client, routed.choice.candidates, protocol) };
  });
}

/** The ports that a question is about; an undefined one where the Service has none as asked. */
function portsAsked(
  service: Service | undefined,
  asked: Asked,
  client: Client | undefined,
): readonly (ServicePort | undefined)[] {
  const ports = service?.spec.ports ?? [];
  if (asked.port === undefined) return ports.length === 0 ? [undefined] : ports;
  const fits = ports.filter(
    ({ port, name, nodePort, protocol = 'TCP' }) =>
      (port === asked.port || name === asked.port || (client?.kind === 'outside' && nodePort === asked.port)) &&
      protocol === (asked.protocol ?? (name === asked.port ? protocol : 'TCP')),
  );
  if (fits.length > 0) return fits;
  // Nothing translates the ports of a headless Service, so any may be asked.
  if (service?.spec.clusterIP === 'None' && typeof asked.port === 'number') {
    return [{ port: asked.port, targetPort: asked.port, protocol: asked.protocol ?? 'TCP' }];
  }
  return [undefined];
}

const ANYWHERE: ProxyNode = { name: '', zone: undefined };

function routing(
  view: ClusterView,
  service: Service | undefined,
  slices: readonly EndpointSlice[],
  port: ServicePort | undefined,
  client: Client | undefined,
): Pick<Facts, 'endpoints' | 'choice' | 'nodesLeftOut'> {
  const headless = service?.spec.clusterIP === 'None';
  const endpoints = port === undefined && !headless ? [] : endpointsOf(slices, port);
  if (headless) {
    const ready = endpoints.filter((endpoint) => endpoint.ready);
    const choice: EndpointChoice =
      ready.length === 0
        ? { outcome: 'refuse', candidates: [], isLocal: false, reason: 'no endpoint is ready' }
        : { outcome: 'endpoints', candidates: ready, isLocal: false, reason: 'ready' };
    return { endpoints, choice, nodesLeftOut: [] };
  }
  const internalLocal = service?.spec.internalTrafficPolicy === 'Local';
  const externalLocal = service?.spec.externalTrafficPolicy === 'Local';
  const nodes = view
    .nodes()
    .map(({ metadata }) => ({ name: metadata.name, zone: metadata.labels?.['topology.kubernetes.io/zone'] }));
  const leftOut = (entrance: 'internal' | 'external'): string[] =>
    nodes
      .filter((node) => chooseEndpoints({ internalLocal, externalLocal }, endpoints, node, entrance).outcome === 'drop')
      .map(({ name }) => name);
  if (client?.kind === 'pod') {
    const node = nodes.find(({ name }) => name === client.pod.spec.nodeName) ?? {
      name: client.pod.spec.nodeName ?? '',
      zone: undefined,
    };
    const choice = chooseEndpoints({ internalLocal, externalLocal }, endpoints, node, 'internal');
    return { endpoints, choice: withAffinity(view, choice, service, port, client.pod), nodesLeftOut: [] };
  }
  // Nobody in particular: whoever is best placed.
  const choice = chooseEndpoints({ internalLocal: false, externalLocal: false }, endpoints, ANYWHERE, 'internal');
  const isLocal = client === undefined ? internalLocal : externalLocal;
  return { endpoints, choice, nodesLeftOut: isLocal ? leftOut(client === undefined ? 'internal' : 'external') : [] };
}

/** What is left to choose from for a client whom session affinity keeps at one of the candidates. */
function withAffinity(
  { options: { proxy } }: ClusterView,
  choice: EndpointChoice,
  service: Service | undefined,
  port: ServicePort | undefined,
  { spec, status }: Pod,
): EndpointChoice {
  const { protocol = 'TCP' } = port ?? {};
  if (service?.spec.sessionAffinity !== 'ClientIP' || port === undefined || protocol === 'SCTP') return choice;
  const to = { protocol, address: service.spec.clusterIP ?? '', port: port.port };
  const kept = proxy.keptAt(to, spec.nodeName ?? '', status.podIP ?? '');
  const endpoint = choice.candidates.find(({ key }) => key === kept);
  return endpoint === undefined ? choice : { ...choice, candidates: [endpoint], reason: SESSION_AFFINITY };
}

/** The endpoints for a port, as the proxies read the slices; for a headless Service without such a port, all addresses. */
function endpointsOf(slices: readonly EndpointSlice[], port: ServicePort | undefined): readonly Endpoint[] {
  const byKey = new Map<string, Endpoint>();
  for (const slice of slices) {
    const ports = sliceEndpoints(slice);
    const protocol = port?.protocol === 'UDP' ? 'UDP' : 'TCP';
    const listed =
      (port === undefined ? undefined : ports.get(portKey(protocol, port.name ?? ''))) ??
      (port?.name === undefined && port?.targetPort === port?.port
        ? sliceEndpoints({ ...slice, ports: [{ name: '', port: port?.port ?? 0, protocol }] }).get(
            portKey(protocol, ''),
          )
        : undefined);
    for (const endpoint of listed ?? []) byKey.set(endpoint.key, endpoint);
  }
  return [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** What the network policies say of a pod's traffic to endpoints; nothing where nobody in particular asks. */
function policyVerdicts(
  { options: { policies } }: ClusterView,
  client: Client | undefined,
  endpoints: readonly Endpoint[],
  protocol: string,
): readonly Denial[] {
  const address = client?.kind === 'pod' ? client.pod.status.podIP : undefined;
  if (policies === undefined || address === undefined) return [];
  const source = policies.endAt(address);
  return endpoints.map((endpoint) => ({
    endpoint,
    verdict: policies.verdict({ protocol, source, destination: policies.endAt(endpoint.address), port: endpoint.port }),
  }));
}

function dnsDenials(view: ClusterView, client: Client | undefined): readonly Denial[] {
  const { namespace, name } = view.options.dnsService;
  const service = view.services.store.get(`${namespace}/${name}`);
  const port = service?.spec.ports?.find(({ protocol }) => protocol === 'UDP');
  if (service === undefined || port === undefined) return [];
  const { choice } = routing(view, service, view.slicesOf(service), port, client);
  return policyVerdicts(view, client, choice.candidates, 'UDP');
}

async function podFacts(view: ClusterView, pods: readonly Pod[]): Promise<readonly PodFacts[]> {
  const asked = new Set(pods.filter((pod) => !isReady(pod)).slice(0, PODS_WITH_EVENTS_MAX));
  return Promise.all(
    pods.map(async (pod) => ({
      pod,
      node: view.node(pod.spec.nodeName),
      warnings: asked.has(pod) ? await view.warningsAbout(pod) : [],
    })),
  );
}

/** Why cluster DNS does not answer the pods. */
async function dnsFinding(view: ClusterView, depth: number): Promise<Finding | undefined> {
  const { dnsAddress, dnsService, clusterDomain } = view.options;
  const service = view.services.store.get(`${dnsService.namespace}/${dnsService.name}`);
  if (service !== undefined && service.spec.clusterIP !== dnsAddress) {
    return {
      cause: 'DnsAddressChanged',
      message: `pods ask ${dnsAddress}, and its Service has the address ${service.spec.clusterIP}`,
      evidence: [],
      fix: `Give Service ${dnsService.namespace}/${dnsService.name} the cluster IP ${dnsAddress}`,
    };
  }
  const asked = askedOf(dnsService.name, '53/UDP', dnsService.namespace, clusterDomain);
  const [facts] = await gatherFacts(view, { asked, client: undefined, withDns: false }, depth + 1);
  return explainService(facts!).finding;
}

/** Why the Service of the cluster that an ExternalName leads to does not answer. */
async function aliasFinding(
  view: ClusterView,
  service: Service | undefined,
  { asked, client }: Question,
  depth: number,
): Promise<Finding | undefined> {
  const { clusterDomain } = view.options;
  const target = service?.spec.type === 'ExternalName' ? (service.spec.externalName ?? '').replace(/\.$/, '') : '';
  if (!target.endsWith(`.${clusterDomain}`)) return undefined;
  if (depth >= ALIAS_MAX) {
    return {
      cause: 'ExternalNameLoop',
      message: 'the alias leads in a circle',
      evidence: [],
      fix: 'Let one of them name a Service that has endpoints',
    };
  }
  const next = {
    ...askedOf(target, undefined, service!.metadata.namespace!, clusterDomain),
    port: asked.port,
    protocol: asked.protocol,
  };
  const facts = await gatherFacts(view, { asked: next, client, withDns: false }, depth + 1);
  return facts.map((one) => explainService(one).finding).find((finding) => finding !== undefined);
}
