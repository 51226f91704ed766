import { fields, flag, list, text } from '../kind-schema.ts';

/** What clients are told of Explanations. */
export const EXPLANATION_SCHEMA = {
  description:
    'Why a Service or a pod works, or does not. Created with the question, answered at once with the reason; nothing is stored.',
  spec: fields('The question: about a Service or about a pod.', {
    service: text(
      'As a client would name it in the namespace of the Explanation: backend, backend.prod, the whole domain name, or an address.',
    ),
    pod: text('The pod to explain.'),
    from: text('Who asks: frontend, prod/frontend, or outside for the host; any pod where absent.'),
    port: text('A number or a name, with /UDP where it is not TCP; every port of the Service where absent.'),
  }),
  status: fields('The answer.', {
    verdict: text('Degraded: some requests are answered, or all for now only.', 'Routes', 'Degraded', 'Fails'),
    message: text('The verdict in a sentence.'),
    cause: text("The first thing that fails on the way, as an Event's reason: SelectorMatchesNothing."),
    evidence: list('What shows it.', { type: 'string' }),
    fix: text('What to do.'),
    steps: list(
      'The decisions along the way, in order, up to the one that fails.',
      fields('', { question: text(''), answer: text(''), ok: flag('') }),
    ),
    path: list('The way of a request, where there is one.', { type: 'string' }),
  }),
};
