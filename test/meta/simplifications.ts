import { globSync, readFileSync } from 'node:fs';

/** One place in the code that says how it differs from real Kubernetes. */
export interface Simplification {
  readonly file: string;
  readonly text: string;
}

const START = '<!-- simplifications: written by `node test/meta/write-fidelity.ts` -->';
const END = '<!-- end of simplifications -->';

/** Every `Simplified:` comment of the workspace's code, in the order of their files. */
export function simplifications(root: string): Simplification[] {
  return globSync('*/src/**/*.ts', { cwd: root })
    .filter((file) => !file.endsWith('.test.ts') && !file.includes('node_modules'))
    .sort()
    .flatMap((file) => commentsOf(readFileSync(`${root}/${file}`, 'utf8')).map((text) => ({ file, text })));
}

/** What follows `Simplified:` in a comment, up to the end of its paragraph, as one line. */
function commentsOf(source: string): string[] {
  const lines = source.split('\n');
  return lines.flatMap((line, index) => {
    const start = /(\/\/|\/?\*).*?`?Simplified:`?\s*(.*)$/.exec(line);
    if (start === null) return [];
    const parts = [start[2]!];
    for (let next = index + 1; next < lines.length && !/\*\//.test(parts.at(-1)!); next++) {
      const more = /^\s*(?:\/\/|\*)\s+(?!@)(\S.*)$/.exec(lines[next]!) ?? /^\s*(\*\/)\s*$/.exec(lines[next]!);
      if (more === null) break;
      parts.push(more[1]!);
    }
    const text = parts
      .join(' ')
      .replace(/\s*\*\/.*$/, '')
      .trim();
    return [text.charAt(0).toUpperCase() + text.slice(1)];
  });
}

/** A document with its generated part brought up to date. */
export function withSimplifications(document: string, all: readonly Simplification[]): string {
  const start = document.indexOf(START);
  const end = document.indexOf(END);
  if (start === -1 || end === -1) throw new Error('the document has no place for the simplifications');
  const packages = [...new Set(all.map(({ file }) => file.split('/')[0]!))];
  const sections = packages.map((name) => {
    const rows = all
      .filter(({ file }) => file.startsWith(`${name}/`))
      .map(({ file, text }) => `- [${file.slice(name.length + 5)}](../${file}): ${text}`);
    return `### ${name}\n\n${rows.join('\n')}`;
  });
  return `${document.slice(0, start)}${START}\n\n${sections.join('\n\n')}\n\n${document.slice(end)}`;
}
