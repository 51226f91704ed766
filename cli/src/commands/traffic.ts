import { setTimeout as sleep } from 'node:timers/promises';
import { TRAFFICS, type Traffic, type TrafficStatus } from '@kubarium/cluster';
import { KubeClient, parseDuration } from '@kubarium/shared';
import { Command, Option } from 'commander';
import { connect } from '../connect.ts';
import { dataDirOption, wholeNumber } from '../options.ts';
import { joinedTraffic, progressText, trafficJson, trafficText } from '../output/traffic-text.ts';
import { UsageError } from '../usage-error.ts';

interface TrafficOptions {
  readonly dataDir: string;
  readonly namespace: string;
  readonly container?: string;
  readonly rate: number;
  readonly for: string;
  readonly timeout: number;
  readonly output: 'text' | 'json';
}

/** `kubarium traffic POD URL`: makes a load from a pod and shows what becomes of it; exit 1 where a request failed. */
export const trafficCommand = (): Command =>
  new Command('traffic')
    .description(
      'make HTTP requests from a pod at a steady rate; show errors, latencies and the share of each endpoint',
    )
    .argument('<pod>')
    .argument('<url>')
    .addOption(dataDirOption())
    .option('-n, --namespace <namespace>', 'the namespace of the pod', 'default')
    .option('-c, --container <container>', 'the container to make the requests from; by default the pod’s first')
    .option('--rate <number>', 'requests in a second', wholeNumber(1, 500), 10)
    .option('--for <duration>', 'how long, such as 30s or 2m; at most an hour', '10s')
    .option('--timeout <seconds>', 'how long one request may take', wholeNumber(1, 60), 5)
    .addOption(
      new Option('-o, --output <format>', 'text, or json for programs').choices(['text', 'json']).default('text'),
    )
    .action(async (pod: string, url: string, options: TrafficOptions) => {
      using transport = connect(options.dataDir);
      const client = new KubeClient(transport);
      const { container, rate, timeout: timeoutSeconds, namespace } = options;
      const load = (durationSeconds: number): Promise<TrafficStatus> => {
        const spec = { pod, url, rate, durationSeconds, timeoutSeconds, ...(container !== undefined && { container }) };
        return client.create<Traffic>(TRAFFICS, { metadata: { namespace }, spec }).then(({ status }) => status);
      };
      const seconds = secondsOf(options.for);
      using shown = progress(options.output, seconds);
      const done = await inSeconds(seconds, load, shown.tell);
      shown[Symbol.dispose]();
      process.stdout.write(options.output === 'json' ? trafficJson(done) : trafficText(done));
      if (done.answered < done.requests) process.exitCode = 1;
    });

/** Makes the load second by second, so that it can be watched: the next second does not wait for the answers of the last. */
async function inSeconds(
  seconds: number,
  load: (seconds: number) => Promise<TrafficStatus>,
  tell: (soFar: TrafficStatus) => void,
): Promise<TrafficStatus> {
  const done: TrafficStatus[] = [];
  const running: Promise<void>[] = [];
  // A refusal ends the load at once instead of after its last second.
  const refused = Promise.withResolvers<never>();
  refused.promise.catch(() => {});
  const beganMs = performance.now();
  for (let second = 0; second < seconds; second++) {
    const part = load(Math.min(1, seconds - second)).then((status) => {
      done.push(status);
      tell(joinedTraffic(done));
    }, refused.reject);
    running.push(part);
    if (second + 1 < seconds) {
      await Promise.race([sleep(Math.max(0, beganMs + (second + 1) * 1000 - performance.now())), refused.promise]);
    }
  }
  await Promise.race([Promise.all(running), refused.promise]);
  return joinedTraffic(done);
}

/** One line that is written over while the load runs and is gone in the end, on a terminal only. */
function progress(
  output: 'text' | 'json',
  seconds: number,
): { readonly tell: (soFar: TrafficStatus) => void } & Disposable {
  if (output === 'json' || !process.stderr.isTTY) return { tell: () => {}, [Symbol.dispose]: () => {} };
  const beganMs = performance.now();
  const write = (text: string): void => void process.stderr.write(`\r\u001b[K${text}`);
  write(progressText(joinedTraffic([]), 0, seconds));
  return {
    tell: (soFar) => write(progressText(soFar, Math.min(seconds, (performance.now() - beganMs) / 1000), seconds)),
    [Symbol.dispose]: () => write(''),
  };
}

function secondsOf(text: string): number {
  const milliseconds = parseDuration(text) ?? 0;
  if (milliseconds >= 100 && milliseconds <= 3_600_000) return milliseconds / 1000;
  throw new UsageError(`${JSON.stringify(text)} is no duration from 100ms to 1h`, 'write it as 30s or 2m');
}
