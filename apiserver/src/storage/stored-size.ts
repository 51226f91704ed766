/** What etcd takes in one request: objects larger than this are refused. */
const MAX_STORED_BYTES = 1.5 * 1024 * 1024;

/** Members whose own names are data, too. */
const MAPS = new Set([
  'labels',
  'annotations',
  'matchLabels',
  'selector',
  'nodeSelector',
  'data',
  'binaryData',
  'limits',
  'requests',
  'capacity',
  'allocatable',
]);

/**
 * True of an object that the real server could not store. Its JSON is never smaller than what etcd is given, so most need no look.
 * Simplified: the size of the protobuf form that the real server stores is estimated, to some percent.
 */
export function isTooLargeToStore(text: string, value: object): boolean {
  return text.length > MAX_STORED_BYTES && protobufBytes(value, false) > MAX_STORED_BYTES;
}

/** Fields have numbers for names, which take a byte each, and so do most lengths. */
function protobufBytes(value: unknown, isMap: boolean): number {
  if (typeof value === 'string') return withLength(Buffer.byteLength(value));
  if (typeof value !== 'object' || value === null) return typeof value === 'number' && value > 127 ? 3 : 1;
  let bytes = 0;
  if (Array.isArray(value)) {
    for (const element of value as unknown[]) bytes += 1 + protobufBytes(element, false);
    return bytes;
  }
  for (const [name, member] of Object.entries(value)) {
    // Ownership of fields is stored as the JSON that it is.
    if (name === 'fieldsV1') bytes += withLength(JSON.stringify(member).length);
    else if (isMap) bytes += 1 + withLength(1 + withLength(Buffer.byteLength(name)) + 1 + protobufBytes(member, false));
    else bytes += (Array.isArray(member) ? 0 : 1) + protobufBytes(member, MAPS.has(name));
  }
  return withLength(bytes);
}

const withLength = (bytes: number): number => bytes + (bytes < 128 ? 1 : bytes < 16_384 ? 2 : 3);
