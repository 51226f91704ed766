import type { CommandResult } from '../target.ts';

type Hop = NonNullable<CommandResult['hops']>[number];

/** What came of one request. */
export interface HttpAnswer {
  /** Absent where nothing answered. */
  readonly status?: number | undefined;
  readonly body: string;
  /** curl's own words for why nothing answered. */
  readonly error?: string | undefined;
  /** The pod that was connected to, where that can be known. */
  readonly pod?: string | undefined;
  /** The last hops of a request without an answer, all of which failed. */
  readonly failedHops?: readonly Hop[] | undefined;
}

/** Makes one request and prints the answer as `httpAnswer` reads it. */
export const curlCommand = (url: string, args: readonly string[] = []): readonly string[] => [
  'curl',
  '-sS',
  '-w',
  '\\n%{http_code}',
  ...args,
  url,
];

export function httpAnswer({ exitCode, stdout, stderr, hops }: CommandResult): HttpAnswer {
  // The last connection that was made; `where` is "pod NAMESPACE/NAME on NODE".
  const connected = hops?.findLast(({ stage, ok }) => stage === 'connect' && ok)?.where;
  const pod = connected === undefined ? undefined : /^pod [^/]*\/(\S+)/.exec(connected)?.[1];
  // The last line is what `-w` wrote.
  const end = stdout.lastIndexOf('\n');
  if (exitCode !== 0)
    return {
      body: stdout.slice(0, Math.max(0, end)),
      error: stderr.trim() || `curl ended with ${exitCode}`,
      pod,
      failedHops: hops?.slice(hops.findLastIndex(({ ok }) => ok) + 1),
    };
  return { status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end), pod };
}
