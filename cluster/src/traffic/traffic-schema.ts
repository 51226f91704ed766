import { fields, list, number, text, whole } from '../kind-schema.ts';

/** What clients are told of Traffics. */
export const TRAFFIC_SCHEMA = {
  description:
    'A load of requests from a pod. Created with the load to make, answered with what became of it once all requests have ended; nothing is stored.',
  spec: fields(
    'The load.',
    {
      pod: text('The pod that makes the requests, in the namespace of the Traffic.'),
      container: text("By default the pod's first container."),
      url: text('Where the requests go.'),
      rate: number('Requests in a second, evenly spread: 1 to 500.'),
      durationSeconds: number('0.1 to 60.'),
      timeoutSeconds: number('How long one request may take; 5 by default.'),
    },
    'pod',
    'url',
    'rate',
    'durationSeconds',
  ),
  status: fields('What became of it.', {
    requests: whole('How many were made.'),
    answered: whole('Those with an answer below 400.'),
    errors: list(
      'Why the others failed.',
      fields('', { cause: text('In the words of the client.'), count: whole('') }),
    ),
    latenciesMs: list('Of the answered ones, ascending.', { type: 'number' }),
    endpoints: list(
      "Where the Service's proxy sent them, most first.",
      fields('', { endpoint: text('Address and port.'), target: text('Its pod.'), count: whole('') }),
    ),
  }),
};
