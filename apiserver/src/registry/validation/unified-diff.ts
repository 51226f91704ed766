const CONTEXT = 3;

/** How large the table of a comparison may be: 16 MB, 2,000 lines on either side. */
const MAX_CELLS = 4_000_000;

type Line = readonly [mark: ' ' | '-' | '+', text: string];

/** The difference of two values as a unified diff of their JSON: three lines of context, no file names. */
export function unifiedDiff(before: unknown, after: unknown): string {
  const lines = difference(jsonLines(before), jsonLines(after));
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(([mark]) => mark !== ' '),
  );
  let text = '';
  for (let start = 0; start < lines.length;) {
    if (!near[start]) {
      start++;
      continue;
    }
    let end = start;
    while (end < lines.length && near[end]) end++;
    text += hunk(lines, start, end);
    start = end;
  }
  return text;
}

function hunk(lines: readonly Line[], start: number, end: number): string {
  const count = (of: readonly Line[], without: '-' | '+'): number => of.filter(([mark]) => mark !== without).length;
  const range = (without: '-' | '+'): string =>
    `${count(lines.slice(0, start), without) + 1},${count(lines.slice(start, end), without)}`;
  const body = lines.slice(start, end).map(([mark, line]) => `${mark}${line}\n`);
  return `@@ -${range('+')} +${range('-')} @@\n${body.join('')}`;
}

const jsonLines = (value: unknown): string[] => JSON.stringify(value, undefined, 1).split('\n');

/** By the longest common subsequence of what is left between the common start and end. */
function difference(before: readonly string[], after: readonly string[]): Line[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  ) {
    tail++;
  }
  const same = (text: string): Line => [' ', text];
  return [
    ...before.slice(0, head).map(same),
    ...changed(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ];
}

/** Simplified: where very much has changed, all of the one is told as taken away and all of the other as put there. */
function changed(before: readonly string[], after: readonly string[]): Line[] {
  if (before.length * after.length > MAX_CELLS)
    return [...before.map((text): Line => ['-', text]), ...after.map((text): Line => ['+', text])];
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      lengths[i]![j] =
        before[i] === after[j] ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
    }
  }
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push([' ', before[i++]!]);
      j++;
    } else if (i < before.length && (j === after.length || lengths[i + 1]![j]! >= lengths[i]![j + 1]!)) {
      lines.push(['-', before[i++]!]);
    } else {
      lines.push(['+', after[j++]!]);
    }
  }
  return lines;
}
