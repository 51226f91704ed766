import type { Readable } from 'node:stream';
import type { ExecSession, NodeConnector, Pod, TraceSink } from '@kubarium/shared';

export interface RequestOptions {
  readonly pod: Pod;
  /** By default the pod's first container. */
  readonly container?: string | undefined;
  readonly url: string;
  readonly timeoutSeconds: number;
}

/** What came back, or the client's own words for why nothing did. */
export type RequestOutcome =
  | { readonly response: { readonly code: number; readonly body: string }; readonly error?: undefined }
  | { readonly response?: undefined; readonly error: string };

/** Runs `curl` in a pod that has a node; the resolver, the network and curl itself report to the sink. A real request like any other. */
export async function tracedRequest(
  nodes: NodeConnector,
  request: RequestOptions,
  trace: TraceSink,
): Promise<RequestOutcome> {
  const { pod, url, timeoutSeconds, container = pod.spec.containers[0]!.name } = request;
  const session: ExecSession = await nodes.kubelet(pod.spec.nodeName!).exec(pod, {
    container,
    command: ['curl', '-sS', '-m', String(timeoutSeconds), '-w', '\\n%{http_code}', url],
    stdin: false,
    stdout: true,
    stderr: true,
    tty: false,
    trace,
  });
  const [output, errors, exitCode] = await Promise.all([textOf(session.stdout), textOf(session.stderr), session.exit]);
  if (exitCode !== 0) return { error: errors.trim() };
  // The last line is what `-w` wrote.
  const end = output.lastIndexOf('\n');
  return { response: { code: Number(output.slice(end + 1)), body: output.slice(0, end) } };
}

async function textOf(stream: Readable | undefined): Promise<string> {
  let text = '';
  for await (const chunk of stream ?? []) text += String(chunk);
  return text;
}
