import { readFileSync } from 'node:fs';
import { LineCounter, parseAllDocuments, visit, type Document } from 'yaml';
import { messageOf, ScenarioError, type ScenarioProblem } from './scenario-error.ts';

export interface YamlDocument {
  readonly document: Document;
  readonly lines: LineCounter;
  /** Null where the document is empty or cannot be read. */
  readonly value: unknown;
  /** What keeps it from being read: the first mistake, since the parser takes what follows from it for more of them. */
  readonly problem: ScenarioProblem | undefined;
}

/** The text of a file. Throws a ScenarioError where it is no text in UTF-8: taken for one, it would become another text. */
export function readText(file: string): string {
  const bytes = readFileSync(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const lines = bytes.toString().split('\ufffd', 1)[0]!.split('\n');
    const message = 'what begins here is no UTF-8 text';
    throw new ScenarioError(file, [{ line: lines.length, column: lines.at(-1)!.length + 1, message }]);
  }
}

export function yamlDocuments(text: string): readonly YamlDocument[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  if ('empty' in documents) return [];
  return documents.map((document) => {
    const problem = (at: number, message: string): YamlDocument => {
      const { line, col: column } = lines.linePos(at);
      return { document, lines, value: null, problem: { line, column, message } };
    };
    const [error] = document.errors;
    if (error !== undefined) return problem(error.pos[0], describe(error, text));
    try {
      return { document, lines, value: document.toJS() as unknown, problem: undefined };
    } catch (reason) {
      return problem(unknownAlias(document) ?? document.contents?.range?.[0] ?? 0, messageOf(reason));
    }
  });
}

function describe({ code, message, pos: [at] }: Document['errors'][number], text: string): string {
  if (code === 'DUPLICATE_KEY') return `the key ${/^[^:\s]*/.exec(text.slice(at))![0]} stands here for the second time`;
  const before = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  return /[[{].*\(/.test(before)
    ? `${message} (within {...} and [...] an expression that holds any of , : [ ] { } must be quoted: "(...)")`
    : message;
}

/** Where an alias stands that no anchor has. */
function unknownAlias(document: Document): number | undefined {
  let at: number | undefined;
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return undefined;
      at = alias.range?.[0];
      return visit.BREAK;
    },
  });
  return at;
}
