/** The units of a duration in milliseconds, as Go's time.ParseDuration knows them, and days as `sleep` does. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** The milliseconds of a duration as Go spells it (`5m`, `1h30m`, `1.5s`, `200ms`; also `1d`); undefined where the text is not one. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!/^(?:\d+(?:\.\d*)?(?:ns|us|µs|ms|s|m|h|d))+$/.test(text)) return undefined;
  let milliseconds = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h|d)/g))
    milliseconds += Number(amount) * UNITS[unit!]!;
  return milliseconds;
}
