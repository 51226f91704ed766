import { fields, flag, list, number, text, whole } from '../kind-schema.ts';

const alternative = fields('', { what: text(''), why: text(''), taken: flag('Whether it was this one.') });

/** What clients are told of Traces. */
export const TRACE_SCHEMA = {
  description:
    'The way of a request, connection or datagram. Created with a request to make, answered at once with its hops. The last ones can be read for a while: those that were asked for and, while somebody watches, all connections and datagrams of the cluster. Nothing is stored.',
  spec: fields('What was sent.', {
    pod: text(
      'The pod that it comes from, in the namespace of the Trace; absent where it comes from a node or from outside.',
    ),
    container: text("Of a request: by default the pod's first container."),
    url: text('Of a request.'),
    timeoutSeconds: number('How long the request may take; 10 by default.'),
    protocol: text('Of a connection or a datagram.', 'TCP', 'UDP'),
    destination: text('Of a connection or a datagram: where it was sent, 10.96.0.10:53.'),
    question: text('Of a datagram that asks a DNS server: backend.default.svc.cluster.local A.'),
  }),
  status: fields('What became of it.', {
    verdict: text(
      'Of a connection or datagram from Delivered to Unreachable; of a request any.',
      'Delivered',
      'Answered',
      'Refused',
      'Dropped',
      'Denied',
      'Unreachable',
      'Unresolved',
      'Unanswered',
      'Failed',
    ),
    reason: text('Why, in the words of the hop that decided it.'),
    source: fields('Where it came from.', {
      pod: text('NAMESPACE/NAME.'),
      address: text(''),
      port: whole(''),
      node: text(''),
    }),
    destination: fields('Where it was going once the rules had been asked.', {
      pod: text('NAMESPACE/NAME.'),
      node: text(''),
      address: text(''),
      port: whole(''),
    }),
    service: text('The Service behind the address that was asked, NAMESPACE/NAME.'),
    hops: list(
      'Who decided what, in order.',
      fields('', {
        stage: text('resolver, dns, service, policy, connect, http, ...'),
        where: text('A pod, a node, the DNS server.'),
        asked: text(''),
        verdict: text(''),
        reason: text('The rule or record that decided.'),
        alternatives: list('What else it might have been, and why it was not.', alternative),
        ok: flag('False where it went no further because of this hop.'),
        facts: { type: 'object', description: 'Further facts by name, for programs.', additionalProperties: {} },
        timeMs: number('Since it began.'),
        spentMs: number('Since the hop before.'),
      }),
    ),
    durationMs: number("From the first hop to the last, of the cluster's time."),
    response: fields('What came back, where anything did.', { code: whole(''), body: text('') }),
    error: text("The client's own words for why nothing came back."),
  }),
};
