import { humanDuration } from './human-duration.ts';
import { parseTimestamp } from '@kubarium/shared';

/** How long ago a timestamp was, as kubectl shows it; `<unknown>` where there is none. */
export const age = (timestamp: string | undefined | null, nowMs: number): string =>
  timestamp ? humanDuration(nowMs - parseTimestamp(timestamp)) : '<unknown>';
