import { KubeClient } from '@kubarium/shared';
import { TRACES, type Trace } from '@kubarium/cluster';
import { Command, Option } from 'commander';
import { connect } from '../connect.ts';
import { dataDirOption, wholeNumber } from '../options.ts';
import { traceText } from '../output/trace-text.ts';

interface TraceOptions {
  readonly dataDir: string;
  readonly namespace: string;
  readonly container?: string;
  readonly timeout: number;
  readonly output: 'text' | 'json';
}

/** `kubarium trace POD URL`: makes one request from a pod and prints each hop with its evidence; exit 1 where it failed. */
export const traceCommand = (): Command =>
  new Command('trace')
    .description('make one HTTP request from a pod and show each hop with its evidence')
    .argument('<pod>')
    .argument('<url>')
    .addOption(dataDirOption())
    .option('-n, --namespace <namespace>', 'the namespace of the pod', 'default')
    .option('-c, --container <container>', 'the container to make the request from; by default the pod’s first')
    .option('--timeout <seconds>', 'how long the request may take', wholeNumber(1, 300), 10)
    .addOption(
      new Option('-o, --output <format>', 'text, or json for programs').choices(['text', 'json']).default('text'),
    )
    .action(async (pod: string, url: string, options: TraceOptions) => {
      using transport = connect(options.dataDir);
      const client = new KubeClient(transport);
      const trace = await client.create<Trace>(TRACES, {
        metadata: { namespace: options.namespace },
        spec: {
          pod,
          url,
          timeoutSeconds: options.timeout,
          ...(options.container !== undefined && { container: options.container }),
        },
      });
      process.stdout.write(options.output === 'json' ? `${JSON.stringify(trace, null, 2)}\n` : traceText(trace));
      if (trace.status.error !== undefined) process.exitCode = 1;
    });
