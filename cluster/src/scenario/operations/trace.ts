import { fillIn } from '../expression.ts';
import type { TraceOperation } from '../scenario.ts';
import { settled } from './command.ts';
import { check, outputsOf } from './expectations.ts';
import { simulatorOf, type RunOperation } from './operation-context.ts';
import { runningPlace } from './pod-place.ts';

/** Makes one request and checks the hops that it took: the status of a `sim.kubarium.dev/v1alpha1 Trace`. */
export const traceOperation: RunOperation<TraceOperation> = async (body, context) => {
  const {
    pod: named,
    namespace,
    container: wanted,
    url,
  } = fillIn(
    { pod: body.pod, namespace: body.namespace, container: body.container, url: body.url },
    context.bindings,
  ) as Required<TraceOperation>;
  const { pod, container } = await runningPlace({ pod: named, namespace, container: wanted }, context);
  const timeoutMs = context.timeoutMs('exec', body.timeout);
  const status = await settled(simulatorOf(context).trace(pod, container, url), `trace ${url}`, timeoutMs, context);
  check(`the trace of ${url}`, body.check, status, context.bindings);
  const hops = status.hops.map(({ stage, verdict }) => `${stage} ${verdict}`).join(' → ');
  return { says: `${url}: ${hops}`, outputs: outputsOf(body.outputs, status, context.bindings) };
};
