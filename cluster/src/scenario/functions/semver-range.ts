/** A semantic version, without its build. */
interface Version {
  /** Major, minor, patch. */
  readonly numbers: readonly number[];
  readonly prerelease: readonly string[];
}

const VERSION =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?$/;

/**
 * True where a version is in a range: comparisons (`>1.0.0`, `<=`, `=`, `!`) that must all hold, of which groups apart by `||` may hold; an
 * `x` stands for any number (`1.2.x`). A text that is no version counts as 0.0.0, as in Chainsaw. Throws an Error for a range that is none.
 */
export function isInRange(version: string, range: string): boolean {
  const actual = versionOf(version) ?? { numbers: [0, 0, 0], prerelease: [] };
  return range
    .split('||')
    .map((group) => comparisonsOf(group, range))
    .some((group) => group.every((holds) => holds(actual)));
}

type Condition = (version: Version) => boolean;

function comparisonsOf(group: string, range: string): Condition[] {
  const comparisons = group
    .trim()
    .replace(/([<>=!])\s+/g, '$1')
    .split(/\s+/);
  return comparisons.map((comparison) => {
    const [, operator = '', named = ''] = /^([<>=!]*)(.*)$/.exec(comparison)!;
    const condition = conditionOf(operator, named);
    if (condition !== undefined) return condition;
    throw new Error(`${JSON.stringify(range)} is no range of versions: write '>=1.2.0 <2.0.0' or '1.2.x || 3.0.0'`);
  });
}

function conditionOf(operator: string, named: string): Condition | undefined {
  const exact = versionOf(named);
  const [first, next] = exact === undefined ? wildcardBounds(named) : [exact, undefined];
  if (first === undefined) return undefined;
  const below =
    (bound: Version): Condition =>
    (one) =>
      compareVersions(one, bound) < 0;
  const from =
    (bound: Version): Condition =>
    (one) =>
      compareVersions(one, bound) >= 0;
  const upTo: Condition = next === undefined ? (one) => compareVersions(one, first) <= 0 : below(next);
  switch (operator) {
    case '':
    case '=':
    case '==':
      return (one) => from(first)(one) && upTo(one);
    case '!':
    case '!=':
      return (one) => below(first)(one) || !upTo(one);
    case '>':
      return (one) => !upTo(one);
    case '>=':
      return from(first);
    case '<':
      return below(first);
    case '<=':
      return upTo;
    default:
      return undefined;
  }
}

/** The first version that `1.2.x` stands for, and the first behind all of them. */
function wildcardBounds(named: string): readonly [Version?, Version?] {
  const [, major, minor] = /^(\d+)\.(?:(\d+)\.)?x(?:\.x)?$/.exec(named) ?? [];
  if (major === undefined) return [];
  const of = (...numbers: number[]): Version => ({ numbers, prerelease: [] });
  return minor === undefined
    ? [of(Number(major), 0, 0), of(Number(major) + 1, 0, 0)]
    : [of(Number(major), Number(minor), 0), of(Number(major), Number(minor) + 1, 0)];
}

function versionOf(text: string): Version | undefined {
  const match = VERSION.exec(text);
  if (match === null) return undefined;
  return { numbers: match.slice(1, 4).map(Number), prerelease: match[4]?.split('.') ?? [] };
}

function compareVersions(a: Version, b: Version): number {
  const at = a.numbers.findIndex((number, index) => number !== b.numbers[index]);
  if (at !== -1) return a.numbers[at]! - b.numbers[at]!;
  if (a.prerelease.length === 0 || b.prerelease.length === 0) return b.prerelease.length - a.prerelease.length;
  for (const [index, one] of a.prerelease.entries()) {
    const other = b.prerelease[index];
    if (other === undefined) return 1;
    if (one !== other) return compareIdentifiers(one, other);
  }
  return a.prerelease.length - b.prerelease.length;
}

/** Numbers before texts, each among themselves in order. */
function compareIdentifiers(a: string, b: string): number {
  const [numeric, otherNumeric] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (numeric && otherNumeric) return Number(a) - Number(b);
  if (numeric !== otherNumeric) return numeric ? -1 : 1;
  return a < b ? -1 : 1;
}
