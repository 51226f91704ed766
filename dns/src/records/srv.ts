import { distinct } from '../distinct.ts';
import type { RecordOf, RecordType } from './record-type.ts';

/** Where a service is served (RFC 2782). */
export interface SrvRecord extends RecordOf<'SRV'> {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}

export const srv: RecordType<SrvRecord> = {
  number: 33,
  write({ priority, weight, port, target }, writer) {
    writer.short(priority);
    writer.short(weight);
    writer.short(port);
    // RFC 2782: the target is not compressed.
    writer.name(target, { compress: false });
  },
};

/**
 * SRV records of equal priority that share the traffic equally. A target counts for the weight as often as it stands there, and also
 * where its port has no number, for which there is no record.
 */
export function serviceLocations(
  name: string,
  targets: readonly { readonly target: string; readonly port: number | undefined }[],
  ttl: number,
): SrvRecord[] {
  const weight = Math.max(1, Math.floor(100 / targets.length));
  return distinct(
    targets.flatMap(({ target, port }) =>
      port === undefined ? [] : [{ name, ttl, type: 'SRV', priority: 0, weight, port, target }],
    ),
  );
}
