import { badRequest } from '@kubarium/shared';
import type { ListAnswer, Rendered } from '../registry/registry.ts';
import type { TableColumn } from '../registry/resource-definition.ts';
import { listMetadata } from './list-response.ts';
import { partialObjectMetadata } from './object-response.ts';
import type { ReadCall } from './resource-call.ts';
import { isScale, SCALE_COLUMNS, scaleCells } from './scale-table.ts';

type Version = 'v1' | 'v1beta1';

/** The objects of a list as the table that `kubectl get` prints. */
export const listTable = (call: ReadCall, answer: ListAnswer, version: Version): object =>
  table(call, answer.items, listMetadata(answer), version, true);

/** One object as a table of one row. Only the first table of a watch has the columns. */
export const objectTable = (call: ReadCall, object: Rendered, version: Version, withColumns = true): object =>
  table(call, [object], { resourceVersion: object.value.metadata.resourceVersion }, version, withColumns);

function table(
  { resource: { definition }, query, services }: ReadCall,
  objects: readonly Rendered[],
  metadata: object,
  version: Version,
  withColumns: boolean,
): object {
  const includeObject = includedObject(query);
  const now = services.runtime.clock.now();
  const columns = objects[0] !== undefined && isScale(objects[0].value) ? SCALE_COLUMNS : definition.columns;
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: withColumns ? columnsOf(columns) : null,
    rows: objects.map(({ value }) => ({
      cells: isScale(value) ? scaleCells(value, now) : services.tableCells(definition, value, now),
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
