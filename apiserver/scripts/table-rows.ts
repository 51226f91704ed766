import type { JsonObject } from './kind-cases.ts';

/** One entry of test-data/tables/rows.yaml. */
export interface TableRows {
  readonly path: string;
  readonly object: JsonObject;
  readonly rows: readonly TableRow[];
}

export interface TableRow {
  readonly name: string;
  readonly status?: JsonObject;
  /** A pod that no node has. */
  readonly unbound?: boolean;
  /** A pod behind a scheduling gate. */
  readonly gated?: boolean;
}

/** The name of a row among all rows. */
export const rowKey = ({ object }: TableRows, { name }: TableRow): string => `${object['kind'] as string}: ${name}`;

export function objectOfRow({ object }: TableRows, { unbound, gated }: TableRow): JsonObject {
  const copy = structuredClone(object);
  const spec = copy['spec'] as JsonObject | undefined;
  if (unbound) delete spec!['nodeName'];
  if (gated) spec!['schedulingGates'] = [{ name: 'a' }];
  return copy;
}

/** Cells with every age made the same. */
export const ageless = (cells: readonly unknown[]): unknown[] =>
  cells.map((cell) => (typeof cell === 'string' ? cell.replace(/\b\d+[smhdy](\d+[smhd])?(?= ago|$)/, 'AGE') : cell));
