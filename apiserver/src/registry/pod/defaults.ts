import type { Container, Pod, PodSpec } from '@kubarium/shared';
import { defaultContainer } from './container-defaults.ts';
import { defaultVolume } from './volume-defaults.ts';

/** Fills what a pod's spec leaves out, in pods and in templates of pods. */
export function defaultPodSpec(spec: PodSpec): void {
  spec.dnsPolicy ||= 'ClusterFirst';
  spec.restartPolicy ||= 'Always';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= 30;
  spec.schedulerName ||= 'default-scheduler';
  // Two names for one field: the old one follows.
  spec.serviceAccountName ||= spec.serviceAccount;
  if (spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName;
  for (const volume of spec.volumes ?? []) defaultVolume(volume);
  for (const container of allContainers(spec)) defaultContainer(container);
}

/** Fills what a pod leaves out; templates do not get this much, so that what a workload makes of them is defaulted anew. */
export function defaultPod(pod: Pod): void {
  const { spec } = pod;
  alignPodIPs(pod);
  spec.enableServiceLinks ??= true;
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    requestWhatIsLimited(container);
    if (!spec.hostNetwork) continue;
    for (const port of container.ports ?? []) port.hostPort ||= port.containerPort;
  }
  defaultPodSpec(spec);
}

/** `podIP` and the first of `podIPs` are one address; where they differ the older field decides. */
function alignPodIPs({ status }: Pod): void {
  if (!status) return;
  const first = status.podIPs?.[0]?.ip;
  if (!status.podIP) status.podIP = first;
  else if (status.podIP !== first) status.podIPs = [{ ip: status.podIP }];
}

function requestWhatIsLimited({ resources }: Container): void {
  if (resources?.limits) resources.requests = { ...resources.limits, ...resources.requests };
}

const allContainers = (spec: PodSpec) => [
  ...(spec.initContainers ?? []),
  ...(spec.containers ?? []),
  ...(spec.ephemeralContainers ?? []),
];
