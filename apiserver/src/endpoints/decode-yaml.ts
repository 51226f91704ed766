import {
  LineCounter,
  parseDocument,
  visit,
  isMap,
  isScalar,
  type Document,
  type DocumentOptions,
  type Node,
  type ParseOptions,
  type SchemaOptions,
} from 'yaml';
import { conform } from '../registry/schema/conform.ts';
import { isDeeperThan, MAX_DEPTH } from '../registry/schema/depth.ts';
import { decodeFlaws } from '../registry/schema/decode-flaws.ts';
import type { ReadBody } from './decode-body.ts';
import { typeMetaError } from '../registry/schema/kind-check.ts';

/** YAML 1.1 as Go's parser has it: `yes` is true and `010` is 8, but dates, base-60 numbers and sets are texts. */
const OPTIONS: DocumentOptions & ParseOptions & SchemaOptions = {
  version: '1.1',
  merge: true,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'error',
  customTags: (tags) =>
    tags
      .filter(
        (tag) => typeof tag !== 'object' || !UNKNOWN_TO_GO.has(tag.tag) || ('format' in tag && tag.format !== 'TIME'),
      )
      .filter((tag) => typeof tag !== 'object' || tag.tag !== 'tag:yaml.org,2002:timestamp'),
};

const UNKNOWN_TO_GO = new Set([
  'tag:yaml.org,2002:timestamp',
  'tag:yaml.org,2002:set',
  'tag:yaml.org,2002:omap',
  'tag:yaml.org,2002:pairs',
]);

/** The first document of a text, or why there is none. */
export type ParsedYaml =
  | { readonly error: string; readonly value?: undefined }
  | {
      readonly error?: undefined;
      readonly value: unknown;
      readonly document: Document.Parsed;
      readonly lines: LineCounter;
    };

/**
 * Reads the first document of a text; where there is none, null.
 * Simplified: syntax errors have the real server's frame and line, but the words of our own parser.
 */
export function parseYaml(text: string): ParsedYaml {
  const labor = laboriousness(text);
  if (labor !== undefined) return { error: labor };
  const lines = new LineCounter();
  const document = parseDocument(firstDocument(text), { ...OPTIONS, lineCounter: lines });
  const [flaw] = document.errors;
  if (flaw?.message.startsWith('Maximum call stack') === true) return { error: TOO_DEEP };
  if (flaw !== undefined)
    return { error: `yaml: line ${lines.linePos(flaw.pos[0]).line}: ${flaw.message.replace(/\n[^]*$/, '')}` };
  try {
    checkAliases(document);
    const value: unknown = document.toJS({ maxAliasCount: 100 }) ?? null;
    return isDeeperThan(MAX_DEPTH, value) ? { error: TOO_DEEP } : { value, document, lines };
  } catch (error) {
    if (error instanceof RangeError) return { error: TOO_DEEP };
    return { error: `yaml: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Reads the first document of a YAML body; nothing counts as an empty object. */
export function readYaml(text: string): ReadBody {
  const parsed = parseYaml(text);
  if (parsed.error !== undefined) return parsed;
  const { document, lines } = parsed;
  const value = parsed.value ?? {};
  const typeError = typeMetaError(value);
  if (typeError !== undefined) return { error: `couldn't get version/kind; json parse error: ${typeError}` };
  return {
    value,
    decode(plan, isLenient) {
      const duplicates = isLenient ? [] : duplicateKeys(document, lines);
      const { object, fits, hasUnknownFields } = conform(plan, value);
      if (fits && (isLenient || !hasUnknownFields)) return { object, misfit: undefined, strict: duplicates };
      const { misfit, strict } = decodeFlaws(plan, value);
      return { object, misfit, strict: [...duplicates, ...strict] };
    },
  };
}

/** Simplified: the real server compares the number of aliases with that of values. */
const MAX_ALIASES = 1000;

const TOO_DEEP = 'yaml: exceeded max depth';

/**
 * How many lines, brackets, commas and other signs a body may have.
 * Simplified: the real server reads more; our parser takes ten microseconds for each, and nobody else is answered meanwhile.
 */
const MAX_SIGNS = 400_000;

/** So many more opening than closing brackets stand in no text that anybody means. */
const HOPELESS_DEPTH = 50 * MAX_DEPTH;

/** What would keep the parser for many seconds, found by one look at each character. */
function laboriousness(text: string): string | undefined {
  if (text.length <= HOPELESS_DEPTH) return undefined;
  let signs = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if ('[{'.includes(character)) depth++;
    else if (']}'.includes(character)) depth--;
    else if (!'\n,!&*?'.includes(character)) continue;
    signs++;
    if (depth > HOPELESS_DEPTH) return TOO_DEEP;
  }
  return signs > MAX_SIGNS
    ? `yaml: ${signs} lines, brackets, commas and other signs are too many, ${MAX_SIGNS} may be: send the body as JSON`
    : undefined;
}

/**
 * Refuses an alias within the value of its own anchor, which is no tree, and without end for all who walk it; and more aliases than can be
 * followed soon, since each looks through all anchors.
 */
function checkAliases(document: Document.Parsed): void {
  const anchors = new Map<string, Node>();
  let count = 0;
  visit(document, {
    Value(_key, node) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
    Alias(_key, { source }, path) {
      const target = anchors.get(source);
      if (target !== undefined && path.includes(target)) throw new Error(`anchor '${source}' value contains itself`);
      if (++count > MAX_ALIASES) throw new Error('document contains excessive aliasing');
    },
  });
}

/** The text up to the second document: the rest is not looked at, as it is not by the real server. */
function firstDocument(text: string): string {
  const end = /^---(?:\s|$)/m.exec(text.replace(/^\s*---(?=\s|$)/, (start) => ' '.repeat(start.length)));
  return end === null ? text : text.slice(0, end.index);
}

/** Keys given twice, as Go's parser reports them: one text each. */
function duplicateKeys(document: Document.Parsed, lines: LineCounter): string[] {
  const found: string[] = [];
  visit(document, (_key, node) => {
    if (!isMap(node)) return;
    const seen = new Set<unknown>();
    for (const { key } of node.items) {
      if (!isScalar(key)) continue;
      if (seen.has(key.value)) {
        found.push(
          `line ${lines.linePos(key.range?.[0] ?? 0).line}: key ${JSON.stringify(String(key.value))} already set in map`,
        );
      }
      seen.add(key.value);
    }
  });
  return found;
}
