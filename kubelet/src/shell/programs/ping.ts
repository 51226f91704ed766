import { sleep } from '@kubarium/shared';
import { write } from '../../container/standard-io.ts';
import { command, UsageError } from '../command.ts';
import { isReachable, targetAddress } from './icmp-echo.ts';

/** `ping [-c count] [-i seconds] [-W seconds] [-w seconds] [-s bytes] [-q] host`, after busybox's: 0 where something answered. */
export const ping = command({ letters: 'c:i:W:w:s:t:I:q4n' }, async (process, options) => {
  const host = options.operands[0];
  if (host === undefined) throw new UsageError('missing host');
  const { clock } = process.runtime;
  const address = await targetAddress(process, host);
  if (address === undefined) return 1;
  const bytes = options.number('s') ?? 56;
  const intervalMs = (options.number('i') ?? 1) * 1000;
  const answerMs = (options.number('W') ?? 10) * 1000;
  const endMs = options.has('w') ? clock.now() + options.number('w')! * 1000 : Infinity;
  const count = options.number('c') ?? Infinity;
  await write(process, `PING ${host} (${address}): ${bytes} data bytes\n`);
  const times: number[] = [];
  let sent = 0;
  const stop = new AbortController();
  using _interrupt = process.onSignal('SIGINT', () => stop.abort());
  while (sent < count && clock.now() < endMs && !stop.signal.aborted && !process.killed.aborted) {
    const startMs = clock.now();
    const sequence = sent++;
    // Only the last answer is waited for; the others may overlap with what follows.
    const waitMs = Math.min(sent === count ? answerMs : intervalMs, endMs - startMs);
    if (await isReachable(process, address, waitMs)) {
      const tookMs = clock.now() - startMs;
      times.push(tookMs);
      if (!options.has('q')) {
        await write(
          process,
          `${bytes + 8} bytes from ${address}: seq=${sequence} ttl=64 time=${tookMs.toFixed(3)} ms\n`,
        );
      }
    }
    const restMs = startMs + intervalMs - clock.now();
    if (sent < count && restMs > 0) {
      await sleep(clock, restMs, AbortSignal.any([stop.signal, process.killed])).catch(() => undefined);
    }
  }
  const lost = sent === 0 ? 0 : Math.round((100 * (sent - times.length)) / sent);
  await write(
    process,
    `\n--- ${host} ping statistics ---\n${sent} packets transmitted, ${times.length} packets received, ${lost}% packet loss\n`,
  );
  if (times.length === 0) return 1;
  const average = times.reduce((sum, time) => sum + time, 0) / times.length;
  const row = [Math.min(...times), average, Math.max(...times)].map((time) => time.toFixed(3)).join('/');
  await write(process, `round-trip min/avg/max = ${row} ms\n`);
  return 0;
});
