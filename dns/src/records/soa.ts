import type { RecordOf, RecordType } from './record-type.ts';

/** The authority of a zone. */
export interface SoaRecord extends RecordOf<'SOA'> {
  readonly primary: string;
  readonly mailbox: string;
  readonly serial: number;
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  readonly minimum: number;
}

export const soa: RecordType<SoaRecord> = {
  number: 6,
  write({ primary, mailbox, serial, refresh, retry, expire, minimum }, writer) {
    writer.name(primary);
    writer.name(mailbox);
    for (const number of [serial, refresh, retry, expire, minimum]) writer.long(number);
  },
};

/** The authority of a zone of the cluster; `name` is the name that the record is for. */
export function startOfAuthority(
  zone: string,
  { serial, ttlSeconds }: { readonly serial: number; readonly ttlSeconds: number },
  name = zone,
): SoaRecord {
  return {
    name,
    ttl: ttlSeconds,
    type: 'SOA',
    primary: `ns.dns.${zone}`,
    mailbox: `hostmaster.${zone}`,
    serial,
    refresh: 7200,
    retry: 1800,
    expire: 86_400,
    minimum: ttlSeconds,
  };
}
