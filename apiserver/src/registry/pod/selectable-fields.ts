import type { Pod } from '@kubarium/shared';

/** What field selectors of pods can ask for. */
export const podSelectableFields = ({ spec, status }: Pod): Record<string, string> => ({
  'spec.nodeName': spec.nodeName ?? '',
  'spec.restartPolicy': spec.restartPolicy ?? '',
  'spec.schedulerName': spec.schedulerName ?? '',
  'spec.serviceAccountName': spec.serviceAccountName ?? '',
  'spec.hostNetwork': spec.hostNetwork ? 'true' : 'false',
  'status.phase': status?.phase ?? '',
  'status.podIP': status?.podIPs?.[0]?.ip ?? status?.podIP ?? '',
  'status.podIPs': (status?.podIPs ?? []).map(({ ip }) => ip).join(','),
  'status.nominatedNodeName': status?.nominatedNodeName ?? '',
});
