import {
  LineCounter,
  parseDocument,
  visit,
  isMap,
  isScalar,
  type Document,
  type DocumentOptions,
  type ParseOptions,
  type SchemaOptions,
} from 'yaml';
import { conform } from '../registry/schema/conform.ts';
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

/**
 * Reads the first document of a YAML body.
 * Simplified: syntax errors have the real server's frame and line, but the words of our own parser.
 */
export function readYaml(text: string): ReadBody {
  const lines = new LineCounter();
  const document = parseDocument(firstDocument(text), { ...OPTIONS, lineCounter: lines });
  const [flaw] = document.errors;
  if (flaw !== undefined)
    return { error: `yaml: line ${lines.linePos(flaw.pos[0]).line}: ${flaw.message.replace(/\n[^]*$/, '')}` };
  const loop = anchorWithinItself(document);
  if (loop !== undefined) return { error: `yaml: anchor '${loop}' value contains itself` };
  let value: unknown;
  try {
    value = jsonValue(document);
  } catch (error) {
    // Too many aliases.
    return { error: `yaml: ${error instanceof Error ? error.message : String(error)}` };
  }
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

/** The name of an anchor whose value has an alias to it: no tree, and without end for all who walk it. */
export function anchorWithinItself(document: Document.Parsed): string | undefined {
  let found: string | undefined;
  visit(document, {
    Alias(_key, alias, path) {
      const target = alias.resolve(document);
      if (target === undefined || !path.includes(target)) return undefined;
      found = alias.source;
      return visit.BREAK;
    },
  });
  return found;
}

/** The text up to the second document: the rest is not looked at, as it is not by the real server. */
function firstDocument(text: string): string {
  const end = /^---(?:\s|$)/m.exec(text.replace(/^\s*---(?=\s|$)/, (start) => ' '.repeat(start.length)));
  return end === null ? text : text.slice(0, end.index);
}

/** A list or a bare scalar counts as an empty object: the real server's YAML reader looks for fields only. */
function jsonValue(document: Document.Parsed): unknown {
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
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
