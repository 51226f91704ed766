/** One value of a metric in Prometheus' text format, as Chainsaw's `x_metrics_decode` shows it. */
export interface MetricSample {
  /** The labels, the metric's name among them as `__name__`. */
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
  /** In milliseconds since the Unix epoch. */
  readonly timestamp: number;
}

const LABEL = String.raw`[a-zA-Z_]\w*\s*=\s*"(?:\\.|[^"\\])*"`;
const LINE = new RegExp(
  String.raw`^(?<name>[a-zA-Z_:][\w:]*)\s*(?:\{\s*(?<labels>(?:${LABEL}\s*,?\s*)*)\})?\s*(?<value>\S+)(?:\s+(?<time>-?\d+))?\s*$`,
);

/**
 * The samples of a text in Prometheus' format: fewer labels first, then by labels and time. Those without a time have `now`. Throws an
 * Error that names the line that is none.
 */
export function decodeMetrics(text: string, now: number): MetricSample[] {
  const samples = text.split('\n').flatMap((line, index) => {
    const content = line.trim();
    return content === '' || content.startsWith('#') ? [] : [sampleOf(content, index + 1, now)];
  });
  return samples.sort(compareSamples);
}

function sampleOf(line: string, number: number, now: number): MetricSample {
  const { name, labels = '', value = '', time } = LINE.exec(line)?.groups ?? {};
  const amount = numberOf(value);
  if (name === undefined || amount === undefined) {
    throw new Error(`line ${number} is no metric: ${JSON.stringify(line)}; write name{label="value"} 1`);
  }
  const metric: Record<string, string> = { __name__: name };
  for (const [, label = '', content = ''] of labels.matchAll(/(\w+)\s*=\s*"((?:\\.|[^"\\])*)"/g)) {
    metric[label] = content.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  }
  return { metric, value: amount, timestamp: time === undefined ? now : Number(time) };
}

function numberOf(text: string): number | undefined {
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity;
  if (/^[+-]?nan$/i.test(text)) return NaN;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

function compareSamples(a: MetricSample, b: MetricSample): number {
  const [names, otherNames] = [Object.keys(a.metric).sort(), Object.keys(b.metric).sort()];
  if (names.length !== otherNames.length) return names.length - otherNames.length;
  for (const [index, name] of names.entries()) {
    const other = otherNames[index]!;
    if (name !== other) return name < other ? -1 : 1;
    const [value, otherValue] = [a.metric[name]!, b.metric[name]!];
    if (value !== otherValue) return value < otherValue ? -1 : 1;
  }
  return a.timestamp - b.timestamp;
}
