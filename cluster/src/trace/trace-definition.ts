import { age, reviewDefinition, type ResourceDefinition } from '@kubarium/apiserver';
import type { SelectableFields } from '@kubarium/shared';
import { TRACES, type Trace } from './trace-resource.ts';
import { TRACE_SCHEMA } from './trace-schema.ts';

const column = (name: string, priority = 0, format = '') => ({ name, type: 'string', format, priority });

/** The pods at the ends of a traced connection. */
const endsOf = ({ status }: Trace): string[] =>
  [status.source.pod, status.destination?.pod].filter((pod) => pod !== undefined);

const TRACE_FIELDS: SelectableFields<Trace> = {
  'spec.url': ({ spec }) => spec.url ?? '',
  'spec.protocol': ({ spec }) => spec.protocol ?? '',
  'status.verdict': ({ status }) => status.verdict,
  'status.service': ({ status }) => status.service ?? '',
  'status.source.pod': ({ status }) => status.source.pod ?? '',
  'status.destination.pod': ({ status }) => status.destination?.pod ?? '',
  // Of either end.
  pod: endsOf,
  namespace: (trace) => [
    ...endsOf(trace).map((pod) => pod.split('/')[0]!),
    ...(trace.status.service?.split('/').slice(0, 1) ?? []),
  ],
};

/** How the API serves Traces: to be created, and looked at for as long as they are kept. */
export const TRACE_DEFINITION: ResourceDefinition = {
  ...reviewDefinition({ ...TRACES, schema: '', ownSchema: TRACE_SCHEMA }),
  verbs: ['create', 'get', 'list', 'watch'],
  columns: [
    column('Name', 0, 'name'),
    column('Source'),
    column('Destination'),
    column('Service'),
    column('To'),
    column('Verdict'),
    column('Age'),
    column('Reason', 1),
  ],
  fieldSelectors: ['metadata.name', 'metadata.namespace', ...Object.keys(TRACE_FIELDS)],
  strategy: {
    tableCells(object, nowMs) {
      const { metadata, spec, status } = object as Trace;
      const { source, destination } = status;
      return [
        metadata.name,
        source.pod ?? source.node,
        spec.url ?? `${spec.protocol} ${spec.destination}`,
        status.service ?? '<none>',
        destination?.pod ?? destination?.node ?? '<none>',
        status.verdict,
        age(metadata.creationTimestamp, nowMs),
        status.reason,
      ];
    },
    selectableFields: TRACE_FIELDS,
  },
};
