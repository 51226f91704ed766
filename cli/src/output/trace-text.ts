import { styleText } from 'node:util';
import type { Alternative, Trace, TimedHop } from '@kubarium/cluster';

const INDENT = ' '.repeat(24);
/** More candidates than this that lost for the same reason are told together. */
const MOST_ALIKE = 2;

/**
 * A trace for people, one block a hop; the ways that DNS queries took are one line each while they are in order:
 *
 *     pod default/frontend (10.244.1.4 on node-2): http://backend
 *
 *         1 ms  ✓ resolver   backend.default.svc.cluster.local A → 10.96.12.7
 *                            at pod default/frontend: candidate 1 of 4: search default.svc.cluster.local (0 dots, ndots:5)
 */
export function traceText({ spec, status: { source, hops, response, error } }: Trace): string {
  const asked = spec.url ?? `${spec.protocol} ${spec.destination}`;
  const from = source.pod === undefined ? source.node : `pod ${source.pod}`;
  const address = source.address === undefined ? '' : `${source.address} `;
  const lines = [
    `${from} (${address}on ${source.node}): ${styleText('bold', asked)}`,
    '',
    ...withFoldedQueries(hops, spec.url !== undefined).flatMap(blockOf),
    '',
  ];
  if (response !== undefined) lines.push(styleText('bold', `HTTP ${response.code}`));
  if (response?.body !== undefined) lines.push(response.body.trimEnd());
  if (error !== undefined) lines.push(styleText('red', error));
  return `${lines.join('\n')}\n`;
}

interface Block {
  readonly hop: TimedHop;
  /** What is told below the hop's own reason. */
  readonly more: readonly string[];
}

/** Puts a query that arrived (its Service, its datagram and what the DNS said) below the resolver's hop that it was made for. */
function withFoldedQueries(hops: readonly TimedHop[], isRequest: boolean): Block[] {
  const blocks: Block[] = [];
  let query: TimedHop[] = [];
  for (const hop of hops) {
    if (hop.stage === 'resolver' && query.every(({ ok }) => ok)) {
      blocks.push({ hop, more: query.map(queryLine) });
      query = [];
    } else if (isRequest && isOfQuery(hop)) query.push(hop);
    else {
      blocks.push(...[...query, hop].map((one) => ({ hop: one, more: [] })));
      query = [];
    }
  }
  return [...blocks, ...query.map((hop) => ({ hop, more: [] }))];
}

const isOfQuery = ({ stage, asked }: TimedHop): boolean => stage === 'dns' || asked.endsWith(':53');

function queryLine({ stage, where, asked, verdict, reason }: TimedHop): string {
  if (stage === 'dns') return `dns      ${verdict}: ${reason}`;
  if (stage === 'service') return `asked    ${asked} → ${verdict}: ${reason}`;
  return `${stage.padEnd(8)} ${verdict} at ${where}: ${reason}`;
}

function blockOf({ hop, more }: Block): string[] {
  const { timeMs, ok, stage, where, asked, verdict, reason, alternatives = [] } = hop;
  // A candidate of the search list that has no answer is no failure: the next one is tried.
  const isEmpty = ok && hop.facts?.['code'] !== undefined;
  const mark = isEmpty ? '·' : styleText(ok ? 'green' : 'red', ok ? '✓' : '✗');
  const dim = (text: string): string => INDENT + styleText('dim', text);
  return [
    `${String(Math.round(timeMs)).padStart(6)} ms  ${mark} ${styleText('bold', stage.padEnd(10))} ${asked} ${styleText(ok ? 'green' : 'red', `→ ${verdict}`)}`,
    dim(`at ${where}: ${reason}`),
    ...more.map(dim),
    ...alternativeLines(alternatives),
  ];
}

/** Each candidate with what became of it; many that lost for the same reason are one line. */
function alternativeLines(alternatives: readonly Alternative[]): string[] {
  const byReason = Map.groupBy(alternatives, ({ taken, why }) => (taken ? '' : why));
  const isMany = (why: string): boolean => byReason.get(why)!.length > MOST_ALIKE;
  const told = new Set<string>();
  return alternatives.flatMap(({ what, why, taken }) => {
    if (taken || !isMany(why)) return [`${INDENT}${taken ? '*' : '-'} ${what}: ${why}`];
    if (told.has(why)) return [];
    told.add(why);
    return [`${INDENT}- ${byReason.get(why)!.length} others, such as ${what}: ${why}`];
  });
}
