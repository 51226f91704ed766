import { clientNotRunning } from './causes/client-not-running.ts';
import { clusterIpFromOutside } from './causes/cluster-ip-from-outside.ts';
import { dnsDown } from './causes/dns-down.ts';
import { endpointGone } from './causes/endpoint-gone.ts';
import { externalName } from './causes/external-name.ts';
import { headlessPort } from './causes/headless-port.ts';
import { localPolicy } from './causes/local-policy.ts';
import { namedTargetPort } from './causes/named-target-port.ts';
import { networkPolicy, policyDeniesDns } from './causes/network-policy.ts';
import { noEndpointsMade } from './causes/no-endpoints-made.ts';
import { noPods } from './causes/no-pods.ts';
import { noServiceAtAddress } from './causes/no-service-at-address.ts';
import { noSuchNamespace } from './causes/no-such-namespace.ts';
import { noSuchService } from './causes/no-such-service.ts';
import { notListed } from './causes/not-listed.ts';
import { nothingListens } from './causes/nothing-listens.ts';
import { otherProxy } from './causes/other-proxy.ts';
import { podsNotReady } from './causes/pods-not-ready.ts';
import { slicePortName } from './causes/slice-port-name.ts';
import { terminatingOnly } from './causes/terminating-only.ts';
import { wrongNamespace } from './causes/wrong-namespace.ts';
import { wrongPort } from './causes/wrong-port.ts';
import { hasSelector, labelsText, portText, serviceText, type Facts } from './facts.ts';
import type { Cause } from './finding.ts';

/** One question on the way of a request: what can be wrong there, in order, and what is said where nothing is. */
export interface Step {
  readonly question: string;
  readonly causes: readonly Cause[];
  readonly answer: (facts: Facts) => string;
  /** False where the question does not arise. */
  readonly applies?: (facts: Facts) => boolean;
}

const isAlias = ({ service }: Facts): boolean => service?.spec.type === 'ExternalName';

/** The way of a request in order; the first cause found is the answer. */
export const DECISION_TREE: readonly Step[] = [
  {
    question: 'Does the client run?',
    causes: [clientNotRunning],
    applies: ({ client }) => client?.kind === 'pod',
    answer: ({ client }) =>
      client?.kind === 'pod' ? `${client.pod.metadata.name} runs on ${client.pod.spec.nodeName}` : '',
  },
  {
    question: 'Does cluster DNS answer?',
    causes: [dnsDown, policyDeniesDns],
    applies: ({ asked, client }) => asked.address === undefined && client?.kind !== 'outside',
    answer: () => 'kube-system/kube-dns has endpoints',
  },
  {
    question: 'Is there such a Service?',
    causes: [noServiceAtAddress, noSuchNamespace, wrongNamespace, noSuchService],
    answer: (facts) =>
      `${serviceText(facts)}, type ${facts.service?.spec.type ?? 'ClusterIP'}, cluster IP ${facts.service?.spec.clusterIP || 'none'}`,
  },
  {
    question: 'Can the client reach its address?',
    causes: [externalName, otherProxy, clusterIpFromOutside],
    answer: (facts) => (isAlias(facts) ? `it is an alias for ${facts.service?.spec.externalName}` : 'yes'),
  },
  {
    question: 'Does it have the port?',
    causes: [wrongPort],
    applies: (facts) => !isAlias(facts),
    answer: ({ port }) => `${portText(port!)}, target port ${port!.targetPort ?? port!.port}`,
  },
  {
    question: 'Does it have pods?',
    causes: [noEndpointsMade, noPods],
    applies: (facts) => !isAlias(facts),
    answer: (facts) =>
      hasSelector(facts)
        ? `selector ${labelsText(facts.service?.spec.selector)} matches ${facts.pods.length}`
        : 'its endpoints are made by hand',
  },
  {
    question: 'Are they ready?',
    causes: [podsNotReady],
    applies: (facts) => !isAlias(facts) && hasSelector(facts),
    answer: ({ endpoints }) => `${endpoints.filter(({ ready }) => ready).length} of ${endpoints.length} endpoints are`,
  },
  {
    question: 'Do the proxies know an endpoint for the port?',
    causes: [namedTargetPort, slicePortName, localPolicy, notListed, terminatingOnly],
    applies: (facts) => !isAlias(facts),
    answer: ({ choice }) =>
      choice.candidates
        .map(({ key }) => key)
        .slice(0, 5)
        .join(', ') + (choice.candidates.length > 5 ? ', ...' : ''),
  },
  {
    question: 'Does somebody listen there?',
    causes: [endpointGone, headlessPort, nothingListens],
    applies: (facts) => !isAlias(facts),
    answer: () => 'yes',
  },
  {
    question: 'Do network policies allow it?',
    causes: [networkPolicy],
    applies: ({ denials }) => denials.length > 0,
    answer: ({ denials }) => denials[0]!.verdict.reason,
  },
];
