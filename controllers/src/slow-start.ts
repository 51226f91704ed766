/**
 * Runs `write` up to `count` times in batches of 1, 2, 4, ... and stops after a batch in which one failed: so that a quota or a webhook
 * that refuses everything is asked once, not a thousand times. Answers with the number of successes and the first failure.
 */
export async function slowStart(
  count: number,
  write: () => Promise<void>,
): Promise<{ succeeded: number; error?: unknown }> {
  let succeeded = 0;
  for (let batch = 1; succeeded < count; batch *= 2) {
    const size = Math.min(batch, count - succeeded);
    const results = await Promise.allSettled(Array.from({ length: size }, write));
    succeeded += results.filter(({ status }) => status === 'fulfilled').length;
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) return { succeeded, error: failure.reason as unknown };
  }
  return { succeeded };
}
