import { fields, flag, text } from '../kind-schema.ts';

/** What clients are told of Clocks. */
export const CLOCK_SCHEMA = {
  description:
    "The cluster's time. Created with what is to become of it, answered with what time it is once all has come to rest; nothing is stored.",
  spec: fields(
    'What is to become of time: nothing, where empty. `paused` is done first, then `step`, then `advance`.',
    {
      paused: flag("Whether time stands still, or else goes on with the machine's."),
      step: flag('Goes on to the next moment at which something is due.'),
      advance: text('How much time is to pass at once: 5m, 1h30m, 200ms.'),
    },
  ),
  status: fields('What time it is.', {
    now: text('RFC 3339, with microseconds.'),
    mode: text("Real is the machine's clock, which can be read only.", 'Virtual', 'Real'),
    paused: flag('Whether time stands still.'),
  }),
};
