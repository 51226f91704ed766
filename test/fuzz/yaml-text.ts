import type { Random } from '@kubarium/shared';
import type { Json } from './samples.ts';

/** A value as block YAML with scalars as JSON. */
export function yamlText(value: Json, indent = ''): string {
  if (typeof value !== 'object' || value === null) return ` ${JSON.stringify(value)}\n`;
  const entries: [string, Json][] = Array.isArray(value)
    ? value.map((item) => ['-', item])
    : Object.entries(value).map(([key, item]) => [`${JSON.stringify(key)}:`, item]);
  if (entries.length === 0) return Array.isArray(value) ? ' []\n' : ' {}\n';
  return `\n${entries.map(([key, item]) => `${indent}${key}${yamlText(item, `${indent}  `)}`).join('')}`;
}

/** What only YAML has. */
const ODDITIES = [
  '---\n',
  '--- !!map\n',
  'a: &a [*a]\n',
  'a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n',
  '<<: {kind: Pod}\n',
  '? [a]\n: b\n',
  '\t- x\n',
  '%YAML 9.9\n---\n',
  'kind: !!binary x\n',
  'kind: Pod\nkind: Pod\n',
  'metadata: !!js/function x\n',
  '... \n',
  '"\\x"\n',
  'a: |\n x\ny\n',
];

export const oddYaml = (text: string, random: Random): string => {
  const lines = text.split('\n');
  lines.splice(random.integer(lines.length + 1), 0, ODDITIES[random.integer(ODDITIES.length)]!);
  return lines.join('\n');
};
