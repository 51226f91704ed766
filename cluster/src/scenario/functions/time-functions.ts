import { clampedDuration, formatGoDuration, parseGoDuration } from './go-duration.ts';
import { civilOf, formatTime, truncatedTime, type GoTime } from './go-time.ts';
import { pure, surrounded, type FunctionTable, type Surroundings } from './scenario-function.ts';
import { parseTime, RFC3339 } from './time-layout.ts';

/** Functions over moments (RFC 3339) and durations (`1h30m`). Now is the cluster's time, in UTC. */
export const TIME_FUNCTIONS: FunctionTable = {
  time_add: pure(['string', 'string'], (time, duration) => {
    const { nanos, offsetSeconds } = moment(time);
    return formatTime({ nanos: nanos + durationOf(duration), offsetSeconds });
  }),
  time_after: pure(['string', 'string'], (a, b) => moment(a).nanos > moment(b).nanos),
  time_before: pure(['string', 'string'], (a, b) => moment(a).nanos < moment(b).nanos),
  time_between: pure(['string', 'string', 'string'], (time, start, end) => {
    const { nanos } = moment(time);
    return nanos > moment(start).nanos && nanos < moment(end).nanos;
  }),
  time_diff: pure(['string', 'string'], (a, b) => between(moment(a), moment(b))),
  time_now: surrounded([], (surroundings) => formatTime(now(surroundings))),
  time_now_utc: surrounded([], (surroundings) => formatTime(now(surroundings))),
  time_parse: pure(['string', 'string'], (layout, text) => formatTime(parseTime(layout, text))),
  time_since: surrounded(['string', 'string', 'string'], (surroundings, layout, start, end) => {
    const read = (text: string): GoTime => parseTime(layout === '' ? RFC3339 : layout, text);
    return between(read(start), end === '' ? now(surroundings) : read(end));
  }),
  time_to_cron: pure(['string'], (time) => {
    const { minute, hour, day, month, weekday } = civilOf(moment(time));
    return [minute, hour, day, month, weekday].join(' ');
  }),
  time_truncate: pure(['string', 'string'], (time, duration) =>
    formatTime(truncatedTime(moment(time), durationOf(duration))),
  ),
  time_utc: pure(['string'], (time) => formatTime({ ...moment(time), offsetSeconds: 0 })),
};

const moment = (text: string): GoTime => parseTime(RFC3339, text);

const now = (surroundings: Surroundings): GoTime => ({
  nanos: BigInt(Math.floor(surroundings.now())) * 1_000_000n,
  offsetSeconds: 0,
});

const between = (start: GoTime, end: GoTime): string => formatGoDuration(clampedDuration(end.nanos - start.nanos));

function durationOf(text: string): bigint {
  const nanos = parseGoDuration(text);
  if (nanos === undefined) throw new Error(`${JSON.stringify(text)} is no duration: write 1h30m, 45s or 250ms`);
  return nanos;
}
