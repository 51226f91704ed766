import { EXPLANATIONS, type Explanation, type ExplanationSpec } from '@kubarium/cluster';
import { KubeClient } from '@kubarium/shared';
import { Command, Option } from 'commander';
import { connect } from '../connect.ts';
import { dataDirOption } from '../options.ts';
import { explanationText } from '../output/explanation-text.ts';
import { UsageError } from '../usage-error.ts';

interface ExplainOptions {
  readonly dataDir: string;
  readonly namespace: string;
  readonly from?: string;
  readonly port?: string;
  readonly output: 'text' | 'json';
}

/** `kubarium explain svc/NAME`: says whether a Service routes, and why not; exit 1 where it does not. */
export const explainCommand = (): Command =>
  new Command('explain')
    .description('say why a Service (svc/NAME) or a pod (pod/NAME) works or does not, with evidence and what to do')
    .argument('<what>', 'svc/backend, svc/backend.prod, svc/10.96.0.1, pod/backend-1')
    .addOption(dataDirOption())
    .option('-n, --namespace <namespace>', 'the namespace of the Service or pod', 'default')
    .option('--from <client>', 'who asks: a POD, NAMESPACE/POD, or outside; by default any pod')
    .option('--port <port>', 'the port asked: a number or a name, with /UDP where it is not TCP; by default each')
    .addOption(
      new Option('-o, --output <format>', 'text, or json for programs').choices(['text', 'json']).default('text'),
    )
    .action(async (what: string, options: ExplainOptions) => {
      const { namespace, from, port } = options;
      const spec = { ...target(what), ...(from !== undefined && { from }), ...(port !== undefined && { port }) };
      using transport = connect(options.dataDir);
      const client = new KubeClient(transport);
      const explanation = await client.create<Explanation>(EXPLANATIONS, { metadata: { namespace }, spec });
      process.stdout.write(
        options.output === 'json' ? `${JSON.stringify(explanation, null, 2)}\n` : explanationText(explanation.status),
      );
      if (explanation.status.verdict === 'Fails') process.exitCode = 1;
    });

function target(what: string): ExplanationSpec {
  const [, kind = '', name = ''] = /^([^/]+)\/(.+)$/.exec(what) ?? [];
  if (['svc', 'service', 'services'].includes(kind)) return { service: name };
  if (['po', 'pod', 'pods'].includes(kind)) return { pod: name };
  throw new UsageError(`cannot explain ${JSON.stringify(what)}`, 'name a Service or a pod: svc/NAME or pod/NAME');
}
