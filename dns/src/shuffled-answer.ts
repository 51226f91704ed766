import type { Random } from '@kubarium/shared';
import type { Answer, ResourceRecord } from './record.ts';

/**
 * An answer whose addresses are in an order by chance, behind all other records: so clients that take the first one spread over a
 * headless Service's pods (CoreDNS's plugin `loadbalance`, which kubeadm sets up).
 */
export function shuffledAnswer(answer: Answer, random: Random): Answer {
  if (answer.rcode !== 'NOERROR') return answer;
  const { answers, additional } = answer;
  return { ...answer, answers: shuffled(answers, random), additional: shuffled(additional, random) };
}

function shuffled(records: readonly ResourceRecord[], random: Random): readonly ResourceRecord[] {
  if (records.length < 2) return records;
  const addresses = records.filter(isAddress);
  for (let last = addresses.length - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    [addresses[last], addresses[other]] = [addresses[other]!, addresses[last]!];
  }
  return [...records.filter((record) => !isAddress(record)), ...addresses];
}

const isAddress = ({ type }: ResourceRecord): boolean => type === 'A' || type === 'AAAA';
