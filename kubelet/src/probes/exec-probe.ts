import { Writable } from 'node:stream';
import { SpawnError } from '../container/process.ts';
import { goDuration } from '../go-format.ts';
import { type Attempt, type ProbeTarget, SUCCESS } from './probe-target.ts';

const OUTPUT_MAX = 10 * 1024;

/** What a command in a container came to. */
export interface CommandResult {
  readonly exitCode: number;
  /** Its stdout and stderr together, at most 10 KiB. */
  readonly output: string;
}

/** Runs a command in a container; undefined where it took longer than `timeoutMs`. Rejects with SpawnError. */
export async function runCommand(
  { running, clock }: Pick<ProbeTarget, 'running' | 'clock'>,
  command: readonly string[],
  timeoutMs: number | undefined,
): Promise<CommandResult | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  const sink = (): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        if (size < OUTPUT_MAX) chunks.push(chunk.subarray(0, OUTPUT_MAX - size));
        size += chunk.length;
        done();
      },
    });
  const child = await running.exec(command, { stdout: sink(), stderr: sink() });
  const timeout = Promise.withResolvers<undefined>();
  const timer =
    timeoutMs === undefined
      ? undefined
      : clock.setTimer(timeoutMs, () => {
          child.kill('SIGKILL');
          timeout.resolve(undefined);
        });
  const exitCode = await Promise.race([child.exit, timeout.promise]);
  timer?.cancel();
  return exitCode === undefined ? undefined : { exitCode, output: Buffer.concat(chunks).toString('utf8') };
}

/** Whether a command in the container exits with 0 in time. */
export function execProbe(command: readonly string[], target: ProbeTarget, timeoutMs: number): Attempt {
  return async () => {
    try {
      const result = await runCommand(target, command, timeoutMs);
      if (result === undefined)
        return {
          result: 'failure',
          message: `command timed out: "${command.join(' ')}" timed out after ${goDuration(timeoutMs)}`,
        };
      return result.exitCode === 0 ? SUCCESS : { result: 'failure', message: result.output };
    } catch (error) {
      if (!(error instanceof SpawnError)) throw error;
      // The runtime's failure tells nothing of the container's health, so a real kubelet does not count it either.
      return {
        result: 'error',
        message: `rpc error: code = Unknown desc = failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: unable to start container process: ${error.message}: unknown`,
      };
    }
  };
}
