import type { Container, ContainerStatus, Pod } from '@kubarium/shared';
import { parseTimestamp } from '@kubarium/shared';
import { age } from '../printing/age.ts';
import { humanDuration } from '../printing/human-duration.ts';

/** What happened to a pod's containers, in the words of the columns READY, STATUS and RESTARTS. */
interface Summary {
  reason: string;
  ready: number;
  restarts: number;
  lastRestartMs: number;
}

const NONE = '<none>';

/** The columns of `kubectl get pods -o wide`. */
export function podTableCells(pod: Pod, nowMs: number): unknown[] {
  const { status, spec, metadata } = pod;
  const summary = summarize(pod);
  const total = spec.containers.length + (spec.initContainers ?? []).filter(isSidecar).length;
  const restarts =
    summary.restarts !== 0 && summary.lastRestartMs > 0
      ? `${summary.restarts} (${humanDuration(nowMs - summary.lastRestartMs)} ago)`
      : `${summary.restarts}`;
  return [
    metadata.name,
    `${summary.ready}/${total}`,
    summary.reason,
    restarts,
    age(metadata.creationTimestamp, nowMs),
    status.podIPs?.[0]?.ip || NONE,
    spec.nodeName || NONE,
    status.nominatedNodeName || NONE,
    readinessGates(pod),
  ];
}

function summarize(pod: Pod): Summary {
  const { status } = pod;
  const summary: Summary = { reason: status.reason || (status.phase ?? ''), ready: 0, restarts: 0, lastRestartMs: 0 };
  const gated = status.conditions?.some(
    (condition) => condition.type === 'PodScheduled' && condition.reason === 'SchedulingGated',
  );
  if (gated) summary.reason = 'SchedulingGated';

  const sidecarRestarts = { restarts: 0, lastRestartMs: 0 };
  const initializing = summarizeInit(pod, summary, sidecarRestarts);
  if (!initializing || hasTrueCondition(pod, 'Initialized')) {
    Object.assign(summary, sidecarRestarts);
    summarizeMain(pod, summary);
  }

  if (pod.metadata.deletionTimestamp !== undefined) {
    if (status.reason === 'NodeLost') summary.reason = 'Unknown';
    else if (status.phase !== 'Failed' && status.phase !== 'Succeeded') summary.reason = 'Terminating';
  }
  return summary;
}

/** True where an init container is still to be done; the reason then says which. */
function summarizeInit(pod: Pod, summary: Summary, sidecars: Pick<Summary, 'restarts' | 'lastRestartMs'>): boolean {
  const containers = new Map((pod.spec.initContainers ?? []).map((container) => [container.name, container]));
  for (const [index, status] of (pod.status.initContainerStatuses ?? []).entries()) {
    const sidecar = isSidecar(containers.get(status.name));
    countRestarts(status, summary);
    if (sidecar) countRestarts(status, sidecars);
    const reason = unfinishedInit(status, sidecar, `${index}/${containers.size}`);
    if (reason !== undefined) {
      summary.reason = reason;
      return true;
    }
    if (sidecar && status.state?.terminated === undefined && status.ready) summary.ready++;
  }
  return false;
}

function unfinishedInit(status: ContainerStatus, sidecar: boolean, progress: string): string | undefined {
  const { terminated, waiting } = status.state ?? {};
  if (terminated?.exitCode === 0) return undefined;
  if (sidecar && status.started) return undefined;
  if (terminated !== undefined) {
    if (terminated.reason) return `Init:${terminated.reason}`;
    return terminated.signal ? `Init:Signal:${terminated.signal}` : `Init:ExitCode:${terminated.exitCode}`;
  }
  if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`;
  return `Init:${progress}`;
}

function summarizeMain(pod: Pod, summary: Summary): void {
  let hasRunning = false;
  let errorReason = '';
  for (const status of (pod.status.containerStatuses ?? []).toReversed()) {
    countRestarts(status, summary);
    const { terminated, waiting, running } = status.state ?? {};
    if (waiting?.reason) summary.reason = waiting.reason;
    else if (terminated !== undefined) {
      summary.reason =
        terminated.reason || (terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`);
      if (terminated.exitCode !== 0) errorReason = summary.reason;
    } else if (status.ready && running !== undefined) {
      hasRunning = true;
      summary.ready++;
    }
  }
  if (summary.reason !== 'Completed') return;
  if (hasRunning && hasTrueCondition(pod, 'Ready')) summary.reason = 'Running';
  else if (errorReason !== '') summary.reason = errorReason;
  else if (hasRunning) summary.reason = 'NotReady';
}

function countRestarts(status: ContainerStatus, into: Pick<Summary, 'restarts' | 'lastRestartMs'>): void {
  into.restarts += status.restartCount;
  const finishedAt = status.lastState?.terminated?.finishedAt;
  if (finishedAt) into.lastRestartMs = Math.max(into.lastRestartMs, parseTimestamp(finishedAt));
}

function readinessGates(pod: Pod): string {
  const gates = pod.spec.readinessGates ?? [];
  if (gates.length === 0) return NONE;
  const passed = gates.filter((gate) => hasTrueCondition(pod, gate.conditionType)).length;
  return `${passed}/${gates.length}`;
}

const isSidecar = (container: Container | undefined): boolean => container?.restartPolicy === 'Always';

const hasTrueCondition = (pod: Pod, type: string): boolean =>
  pod.status.conditions?.find((condition) => condition.type === type)?.status === 'True';
