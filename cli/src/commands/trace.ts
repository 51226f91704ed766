import { TRACES, type Trace } from '@kubarium/cluster';
import { isNotFound, KubeClient } from '@kubarium/shared';
import { Command, Option } from 'commander';
import { connect } from '../connect.ts';
import { dataDirOption, wholeNumber } from '../options.ts';
import { followedText } from '../output/followed-text.ts';
import { traceText } from '../output/trace-text.ts';
import { UsageError } from '../usage-error.ts';
import { followSelector, VERDICTS, type FollowFilters } from './follow-selector.ts';
import { followTraces, stopSignal } from './follow-traces.ts';

interface TraceOptions extends FollowFilters {
  readonly dataDir: string;
  readonly container?: string;
  readonly timeout: number;
  readonly output: 'text' | 'json';
  readonly follow?: boolean;
  readonly show?: string;
}

/** `kubarium trace`: the way of one request, of one that was traced before, or, live, of all connections and datagrams. */
export const traceCommand = (): Command =>
  new Command('trace')
    .description(
      'make one HTTP request from a pod and show each hop with its evidence; or follow all connections and datagrams',
    )
    .argument('[pod]')
    .argument('[url]')
    .addOption(dataDirOption())
    .option('-n, --namespace <namespace>', 'the namespace of the pod; with --follow, only what begins or ends in it')
    .option('-c, --container <container>', 'the container to make the request from; by default the pod’s first')
    .option('--timeout <seconds>', 'how long the request may take', wholeNumber(1, 300), 10)
    .option('-f, --follow', 'show the connections and datagrams of the whole cluster as they are made, until Ctrl-C')
    .option('--pod <pod>', 'with --follow: only those from or to a pod: NAME or NAMESPACE/NAME')
    .option('--service <service>', 'with --follow: only those to a Service: NAME or NAMESPACE/NAME')
    .addOption(
      new Option('--verdict <verdict>', 'with --follow: only those that ended so; failed is all but delivered').choices(
        VERDICTS,
      ),
    )
    .option('--show <name>', 'show a trace that is still kept, by its name')
    .addOption(
      new Option('-o, --output <format>', 'text, or json for programs').choices(['text', 'json']).default('text'),
    )
    .action(async (pod: string | undefined, url: string | undefined, options: TraceOptions) => {
      const mode = modeOf(pod, url, options);
      using transport = connect(options.dataDir);
      const client = new KubeClient(transport);
      if (mode.kind === 'follow') {
        if (process.stderr.isTTY) process.stderr.write('following; Ctrl-C ends it\n');
        const print = options.output === 'json' ? jsonLine : followedText;
        using stop = stopSignal();
        await followTraces(client, followSelector(options), {
          signal: stop.signal,
          tell: (trace) => void process.stdout.write(print(trace)),
          tellGap: () => void process.stderr.write('(some were left out: they came faster than they were read)\n'),
        });
        return;
      }
      const trace = mode.kind === 'show' ? await kept(client, mode.name, options) : await made(client, mode, options);
      process.stdout.write(options.output === 'json' ? `${JSON.stringify(trace, null, 2)}\n` : traceText(trace));
      if (mode.kind === 'make' && trace.status.error !== undefined) process.exitCode = 1;
    });

type Mode =
  | { readonly kind: 'follow' }
  | { readonly kind: 'show'; readonly name: string }
  | { readonly kind: 'make'; readonly pod: string; readonly url: string };

function modeOf(pod: string | undefined, url: string | undefined, options: TraceOptions): Mode {
  const { follow, show } = options;
  const isFiltered = options.pod !== undefined || options.service !== undefined || options.verdict !== undefined;
  if (isFiltered && follow !== true) {
    throw new UsageError('--pod, --service and --verdict choose what to follow', 'add --follow');
  }
  if (pod === undefined && follow === true && show === undefined) return { kind: 'follow' };
  if (pod === undefined && show !== undefined && follow !== true) return { kind: 'show', name: show };
  if (pod !== undefined && url !== undefined && follow !== true && show === undefined) {
    return { kind: 'make', pod, url };
  }
  throw new UsageError(
    pod !== undefined && url === undefined ? 'a URL is missing' : 'it is not clear what to trace',
    'write `kubarium trace POD URL`, `kubarium trace --follow` or `kubarium trace --show NAME`',
  );
}

async function kept(client: KubeClient, name: string, { namespace = 'default' }: TraceOptions): Promise<Trace> {
  try {
    return await client.get(TRACES, { namespace, name });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new UsageError(
      `no trace ${JSON.stringify(name)} is kept in namespace ${namespace}`,
      'the last ones are, and none beyond the cluster’s end: see `kubectl get traces -A`',
    );
  }
}

const made = (
  client: KubeClient,
  { pod, url }: { readonly pod: string; readonly url: string },
  { namespace = 'default', container, timeout: timeoutSeconds }: TraceOptions,
): Promise<Trace> =>
  client.create<Trace>(TRACES, {
    metadata: { namespace },
    spec: { pod, url, timeoutSeconds, ...(container !== undefined && { container }) },
  });

const jsonLine = (trace: Trace): string => `${JSON.stringify(trace)}\n`;
