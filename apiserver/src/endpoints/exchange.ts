import type { FastifyReply, FastifyRequest } from 'fastify';
import type { User } from '../registry/strategy.ts';
import { wantsPretty } from './content-negotiation.ts';
import type { RequestInfo } from './request-info.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the request asks for; set before anything else happens to it. */
    info: RequestInfo;
    /** Who asks; set by authentication. */
    user: User;
    /** When it came, by the cluster's clock. */
    startedMs: number;
  }
}

/** The parameters of the URL; a copy for each call. */
export function queryOf(request: FastifyRequest): URLSearchParams {
  const url = request.raw.url!;
  const mark = url.indexOf('?');
  return new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1));
}

export const isPretty = (request: FastifyRequest, query: URLSearchParams): boolean =>
  wantsPretty(query, request.headers['user-agent']);

/**
 * Tells the client, besides the reply proper, what it should know (RFC 7234 `Warning`, code 299).
 * Simplified: what is not printable ASCII is told as `\u00fc`; the real server sends UTF-8, and leaves out a warning with control characters.
 */
export function addWarnings(reply: FastifyReply, warnings: readonly string[]): void {
  if (warnings.length === 0) return;
  const values = fitting(warnings).map((warning) => {
    const quoted = warning.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
    return `299 - "${quoted.replace(/[^ -~]/g, escaped)}"`;
  });
  const before = (reply.raw.getHeader('Warning') ?? []) as string[];
  reply.raw.setHeader('Warning', [...before, ...values.filter((value) => !before.includes(value))]);
}

/** What all warnings of an answer may have in characters, and one of them where they would have more. */
const MAX_WARNED = 4096;
const MAX_WARNING = 256;

/** Each warning once, and as many as may be told: those that come first, shortened where they are not all told in full. */
function fitting(warnings: readonly string[]): string[] {
  const told = new Set(warnings);
  let characters = 0;
  for (const warning of told) characters += warning.length;
  return characters > MAX_WARNED ? shortened([...told]) : [...told];
}

function shortened(warnings: readonly string[]): string[] {
  const told: string[] = [];
  let characters = 0;
  for (const warning of warnings) {
    const short = warning.slice(0, MAX_WARNING);
    characters += short.length;
    if (characters > MAX_WARNED) break;
    told.push(short);
  }
  return told;
}

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
