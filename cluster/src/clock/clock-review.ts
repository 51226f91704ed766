import { reviewDefinition, type ReviewResource } from '@kubarium/apiserver';
import { badRequest, invalid, microTimestamp, parseDuration, type Clock, type StatusCause } from '@kubarium/shared';
import type { ClockPace } from './clock-pace.ts';
import { CLOCKS, type ClockRequest, type ClockSpec, type ClockStatus } from './clock-resource.ts';
import { CLOCK_SCHEMA } from './clock-schema.ts';

export interface ClockReviewOptions {
  readonly clock: Clock;
  /** Moves a virtual clock; absent where the clock is the machine's. */
  readonly pace: ClockPace | undefined;
}

/** Answers Clocks: pauses, resumes or advances virtual time, and says what time it is once all is at rest. */
export const clockReview = ({ clock, pace }: ClockReviewOptions): ReviewResource => ({
  definition: reviewDefinition({ ...CLOCKS, schema: '', ownSchema: CLOCK_SCHEMA }),
  async review(_context, draft) {
    const { spec = {} } = draft as ClockRequest;
    const causes = problems(spec);
    if (causes.length > 0) throw invalid(CLOCKS, draft.metadata?.name ?? '', causes);
    const { paused, step, advance } = spec;
    if (pace === undefined && (paused !== undefined || step !== undefined || advance !== undefined)) {
      throw badRequest(
        'this cluster runs on the machine’s clock, which cannot be changed: start it with --clock virtual',
      );
    }
    if (paused === true) await pace?.pause();
    if (paused === false) pace?.resume();
    if (step === true) await pace?.time.step();
    if (advance !== undefined) await pace?.time.advance(parseDuration(advance)!);
    else await pace?.time.settle();
    const status: ClockStatus = {
      now: microTimestamp(clock.now()),
      mode: pace === undefined ? 'Real' : 'Virtual',
      paused: pace?.paused ?? false,
    };
    return { ...draft, status } as ClockRequest;
  },
});

function problems({ paused, step, advance }: ClockSpec): StatusCause[] {
  const causes: StatusCause[] = [];
  const wrong = (field: string, value: unknown, message: string): void =>
    void causes.push({
      reason: 'FieldValueInvalid',
      field,
      message: `Invalid value: ${JSON.stringify(value)}: ${message}`,
    });
  for (const [field, value] of Object.entries({ paused, step })) {
    if (value !== undefined && typeof value !== 'boolean') wrong(`spec.${field}`, value, 'must be true or false');
  }
  if (advance !== undefined && (typeof advance !== 'string' || parseDuration(advance) === undefined)) {
    wrong('spec.advance', advance, 'must be a duration such as 5m, 1h30m or 200ms');
  }
  return causes;
}
