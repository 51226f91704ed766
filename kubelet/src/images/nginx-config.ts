/*
 * nginx's configuration language, the part that is understood:
 *
 *   file      = { directive }
 *   directive = word { word } ( ';' | '{' { directive } '}' )
 *   word      = bare | '"' text '"' | "'" text "'"
 */

interface Directive {
  readonly words: readonly string[];
  readonly block: readonly Directive[] | undefined;
}

interface Place {
  root?: string | undefined;
  index?: readonly string[] | undefined;
  answer?: { readonly status: number; readonly text: string | undefined } | undefined;
}

export interface NginxServer extends Place {
  readonly ports: readonly number[];
  readonly root: string;
  readonly index: readonly string[];
  readonly locations: readonly (Place & { readonly prefix: string; readonly exact: boolean })[];
}

/** The `server` blocks of a configuration. Throws Error with nginx's words where braces or semicolons are missing. */
export function parseNginxConfig(text: string): NginxServer[] {
  const tokens = Array.from(text.matchAll(/#[^\n]*|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|[{};]|[^\s{};"']+/g))
    .filter(([all]) => !all.startsWith('#'))
    .map(([all, double, single]) => ({
      text: double ?? single ?? all,
      quoted: double !== undefined || single !== undefined,
    }));
  let at = 0;
  const block = (depth: number): Directive[] => {
    const directives: Directive[] = [];
    let words: string[] = [];
    for (; at < tokens.length; at++) {
      const token = tokens[at]!;
      if (token.quoted || !/^[{};]$/.test(token.text)) words.push(token.text.replace(/\\n/g, '\n'));
      else if (token.text === ';') {
        directives.push({ words, block: undefined });
        words = [];
      } else if (token.text === '{') {
        at++;
        directives.push({ words, block: block(depth + 1) });
        words = [];
      } else {
        if (words.length > 0) throw new Error(`directive "${words[0]}" is not terminated by ";"`);
        if (depth === 0) throw new Error('unexpected "}"');
        return directives;
      }
    }
    if (depth > 0 || words.length > 0) throw new Error('unexpected end of file, expecting ";" or "}"');
    return directives;
  };
  const find = (directives: readonly Directive[]): NginxServer[] =>
    directives.flatMap(({ words, block: inner }) =>
      inner === undefined ? [] : words[0] === 'server' ? [serverOf(inner)] : words[0] === 'http' ? find(inner) : [],
    );
  return find(block(0));
}

function serverOf(directives: readonly Directive[]): NginxServer {
  const ports = directives
    .filter(({ words }) => words[0] === 'listen')
    .map(({ words }) => Number(/(\d+)$/.exec(words[1] ?? '')?.[1] ?? 80));
  const place = placeOf(directives);
  return {
    ...place,
    ports: ports.length === 0 ? [80] : ports,
    root: place.root ?? '/usr/share/nginx/html',
    index: place.index ?? ['index.html'],
    locations: directives
      .filter(({ words }) => words[0] === 'location')
      .map(({ words, block }) => ({ prefix: words.at(-1)!, exact: words[1] === '=', ...placeOf(block ?? []) })),
  };
}

function placeOf(directives: readonly Directive[]): Place {
  const place: Place = {};
  for (const { words } of directives) {
    if (words[0] === 'root') place.root = words[1];
    else if (words[0] === 'index') place.index = words.slice(1);
    else if (words[0] === 'return')
      place.answer = /^\d+$/.test(words[1] ?? '')
        ? { status: Number(words[1]), text: words[2] }
        : { status: 302, text: words[1] };
  }
  return place;
}
