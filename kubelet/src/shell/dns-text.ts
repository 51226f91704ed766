import type { Resource } from 'dns2';
import { Packet } from 'dns2';

/** A record's data as a zone file has it. */
export function recordData(record: Resource): string {
  switch (Packet.TYPE_NAME[record.type]) {
    case 'A':
    case 'AAAA':
      return record.address ?? '';
    case 'CNAME':
    case 'PTR':
      return `${record.domain}.`;
    case 'NS':
      return `${record.ns}.`;
    case 'SRV':
      return `${record.priority} ${record.weight} ${record.port} ${record.target}.`;
    case 'MX':
      return `${record.priority} ${record.exchange}.`;
    case 'TXT':
      return [record.data ?? '']
        .flat()
        .map((text) => `"${String(text).replaceAll('"', '\\"')}"`)
        .join(' ');
    case 'SOA':
      return `${record.primary}. ${record.admin}. ${record.serial} ${record.refresh} ${record.retry} ${record.expiration} ${record.minimum}`;
    default:
      return '\\# 0';
  }
}

/** A record as a line of a zone file. */
export const recordLine = (record: Resource): string =>
  `${`${record.name}.`.padEnd(23)} ${record.ttl}\tIN\t${Packet.typeName(record.type)}\t${recordData(record)}\n`;
