import { type LifecycleHandler, sleep } from '@kubarium/shared';
import { SpawnError } from './container/process.ts';
import { runCommand } from './probes/exec-probe.ts';
import { httpGet } from './probes/http-get.ts';
import { probePort, type ProbeTarget } from './probes/probe-target.ts';

const HTTP_TIMEOUT_MS = 30_000;

/** Runs a postStart or preStop hook; gives what went wrong, or undefined. Ends early (quietly) when `signal` is aborted. */
export async function runHook(
  handler: LifecycleHandler,
  target: ProbeTarget,
  signal: AbortSignal,
): Promise<string | undefined> {
  const ended = new Promise<undefined>((resolve) =>
    signal.addEventListener('abort', () => resolve(undefined), { once: true }),
  );
  return signal.aborted ? undefined : Promise.race([ended, run(handler, target, signal)]);
}

async function run(handler: LifecycleHandler, target: ProbeTarget, signal: AbortSignal): Promise<string | undefined> {
  const { exec, httpGet: get, sleep: pause } = handler;
  try {
    if (pause !== undefined) {
      await sleep(target.clock, pause.seconds * 1000, signal).catch(() => {});
      return undefined;
    }
    if (exec !== undefined) {
      const result = await runCommand(target, exec.command ?? [], undefined);
      return result === undefined || result.exitCode === 0
        ? undefined
        : `command '${(exec.command ?? []).join(' ')}' exited with ${result.exitCode}: ${result.output}`;
    }
    if (get !== undefined) {
      const path = get.path ?? '/';
      const result = await httpGet({
        clock: target.clock,
        network: target.network,
        scheme: get.scheme ?? 'HTTP',
        address: get.host === undefined || get.host === '' ? target.podIP : get.host,
        port: probePort(get.port, target.spec),
        path: path.startsWith('/') ? path : `/${path}`,
        headers: get.httpHeaders ?? [],
        userAgent: 'kube-lifecycle/1.35',
        timeoutMs: HTTP_TIMEOUT_MS,
      });
      return 'error' in result ? result.error : undefined;
    }
  } catch (error) {
    if (error instanceof SpawnError || error instanceof Error) return error.message;
    throw error;
  }
  return 'invalid handler';
}
