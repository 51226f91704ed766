import type { Activity } from './activity.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';
import type { Random } from './random.ts';

/** What every part is given: time, chance and a log. */
export interface Runtime {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Where work under way is counted, so that virtual time knows when all is quiet; absent where nobody asks. */
  readonly activity?: Activity | undefined;
}
