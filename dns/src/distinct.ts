/** The records without repetition, in their order. */
export function distinct<Record extends object>(records: readonly Record[]): Record[] {
  return [...new Map(records.map((record) => [JSON.stringify(record), record])).values()];
}
