import type { Pod, SelectableFields } from '@kubarium/shared';

/** What field selectors of pods can ask for. */
export const POD_FIELDS: SelectableFields<Pod> = {
  'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
  'spec.restartPolicy': ({ spec }) => spec.restartPolicy ?? '',
  'spec.schedulerName': ({ spec }) => spec.schedulerName ?? '',
  'spec.serviceAccountName': ({ spec }) => spec.serviceAccountName ?? '',
  'spec.hostNetwork': ({ spec }) => (spec.hostNetwork ? 'true' : 'false'),
  'status.phase': ({ status }) => status.phase ?? '',
  'status.podIP': ({ status }) => status.podIPs?.[0]?.ip ?? status.podIP ?? '',
  'status.podIPs': ({ status }) => (status.podIPs ?? []).map(({ ip }) => ip).join(','),
  'status.nominatedNodeName': ({ status }) => status.nominatedNodeName ?? '',
};
