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

/** A record as a line of a zone file, in the columns of dig. */
export const recordLine = (record: Resource): string =>
  inColumns([`${record.name}.`, String(record.ttl), 'IN', Packet.typeName(record.type), recordData(record)]);

/** A question as a line of dig's question section. */
export const questionLine = (name: string, type: string): string => `;${inColumns([`${name}.`, '', 'IN', type])}`;

/** Where dig's columns begin: name, TTL, class, type, data. */
const COLUMNS = [0, 24, 32, 40, 48];
const TAB = 8;

/** Words in columns, with tabs as far as they go; a word that is too long moves the others to the right. Empty words have no column. */
function inColumns(words: readonly string[]): string {
  let line = '';
  let at = 0;
  for (const [index, word] of words.entries()) {
    if (word === '') continue;
    const to = index === 0 ? 0 : Math.max(COLUMNS[index]!, at + 1);
    const tabs = Math.floor(to / TAB) - Math.floor(at / TAB);
    line += '\t'.repeat(tabs) + ' '.repeat(tabs > 0 ? to % TAB : to - at) + word;
    at = to + word.length;
  }
  return `${line}\n`;
}
