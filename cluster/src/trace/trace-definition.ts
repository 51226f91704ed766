import { age, reviewDefinition, type ResourceDefinition } from '@kubarium/apiserver';
import { TRACES, type Trace } from './trace-resource.ts';
import { TRACE_SCHEMA } from './trace-schema.ts';

const column = (name: string, priority = 0, format = '') => ({ name, type: 'string', format, priority });

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
  fieldSelectors: [
    'metadata.name',
    'metadata.namespace',
    'spec.url',
    'spec.protocol',
    'status.verdict',
    'status.service',
    'status.source.pod',
    'status.destination.pod',
    // Of either end.
    'pod',
    'namespace',
  ],
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
    selectableFields(object) {
      const { spec, status } = object as Trace;
      const ends = [status.source.pod, status.destination?.pod].filter((pod) => pod !== undefined);
      const namespaces = [...ends.map((pod) => pod.split('/')[0]!), ...(status.service?.split('/').slice(0, 1) ?? [])];
      return {
        'spec.url': spec.url ?? '',
        'spec.protocol': spec.protocol ?? '',
        'status.verdict': status.verdict,
        'status.service': status.service ?? '',
        'status.source.pod': status.source.pod ?? '',
        'status.destination.pod': status.destination?.pod ?? '',
        pod: ends,
        namespace: namespaces,
      };
    },
  },
};
