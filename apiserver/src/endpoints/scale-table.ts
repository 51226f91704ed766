import type { ApiObject, Scale } from '@kubarium/shared';
import type { TableColumn } from '../registry/resource-definition.ts';
import { age } from '../registry/printing/age.ts';

/** How a Scale is printed, whatever it scales. */
export const SCALE_COLUMNS: readonly TableColumn[] = [
  { name: 'Name', type: 'string', format: '', priority: 0 },
  { name: 'Desired', type: 'integer', format: '', priority: 0 },
  { name: 'Available', type: 'integer', format: '', priority: 0 },
  { name: 'Age', type: 'string', format: '', priority: 0 },
];

export const isScale = (object: ApiObject): object is Scale => object.kind === 'Scale';

export const scaleCells = ({ metadata, spec, status }: Scale, nowMs: number): unknown[] => [
  metadata.name,
  spec?.replicas ?? 0,
  status?.replicas ?? 0,
  age(metadata.creationTimestamp, nowMs),
];
