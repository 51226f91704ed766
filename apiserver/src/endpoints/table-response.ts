import { badRequest, type Scale } from '@kubarium/shared';
import type { ListAnswer, Rendered } from '../registry/registry.ts';
import { age } from '../registry/printing/age.ts';
import type { TableColumn } from '../registry/resource-definition.ts';
import { listMetadata } from './list-response.ts';
import { partialObjectMetadata } from './object-response.ts';
import type { ReadCall } from './resource-call.ts';

type Version = 'v1' | 'v1beta1';

/** The objects of a list as the table that `kubectl get` prints. */
export const listTable = (call: ReadCall, answer: ListAnswer, version: Version): object =>
  table(call, answer.items, listMetadata(answer), version, true);

/** One object as a table of one row. Only the first table of a watch has the columns. */
export const objectTable = (call: ReadCall, object: Rendered, version: Version, withColumns = true): object =>
  table(call, [object], { resourceVersion: object.value.metadata.resourceVersion }, version, withColumns);

function table(
  { resource: { definition }, info, query, services }: ReadCall,
  objects: readonly Rendered[],
  metadata: object,
  version: Version,
  withColumns: boolean,
): object {
  const includeObject = includedObject(query);
  const now = services.runtime.clock.now();
  const isScale = info.subresource === 'scale';
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: withColumns ? columnsOf(isScale ? SCALE_COLUMNS : definition.columns) : null,
    rows: objects.map(({ value }) => ({
      cells: isScale ? scaleCells(value as Scale, now) : services.tableCells(definition, value, now),
      object:
        includeObject === 'None' ? null : includeObject === 'Object' ? value : partialObjectMetadata(value, version),
    })),
  };
}

/** How much of its object each row of a table has. Throws 400 for what is no answer to that. */
export function includedObject(query: URLSearchParams): string {
  const includeObject = query.get('includeObject') || 'Metadata';
  if (['Metadata', 'Object', 'None'].includes(includeObject)) return includeObject;
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(includeObject)}: must be 'Metadata', 'Object', 'None', or empty`,
  );
}

const columnsOf = (columns: readonly TableColumn[]): object[] =>
  columns.map((column) => ({ description: '', ...column }));

const SCALE_COLUMNS: readonly TableColumn[] = [
  { name: 'Name', type: 'string', format: '', priority: 0 },
  { name: 'Desired', type: 'integer', format: '', priority: 0 },
  { name: 'Available', type: 'integer', format: '', priority: 0 },
  { name: 'Age', type: 'string', format: '', priority: 0 },
];

const scaleCells = ({ metadata, spec, status }: Scale, nowMs: number): unknown[] => [
  metadata.name,
  spec?.replicas ?? 0,
  status?.replicas ?? 0,
  age(metadata.creationTimestamp, nowMs),
];
