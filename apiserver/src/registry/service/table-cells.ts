import type { Service } from '@kubarium/shared';
import { age } from '../printing/age.ts';
import { labelsText } from '../printing/selector-text.ts';

/** The columns of `kubectl get services -o wide`. */
export function serviceTableCells(service: Service, nowMs: number): unknown[] {
  const { spec, metadata } = service;
  const ports = (spec.ports ?? []).map(({ port, nodePort, protocol }) =>
    nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
  );
  return [
    metadata.name,
    spec.type ?? '',
    spec.clusterIPs?.[0] ?? '<none>',
    externalIP(service),
    ports.join(',') || '<none>',
    age(metadata.creationTimestamp, nowMs),
    labelsText(spec.selector),
  ];
}

function externalIP({ spec, status }: Service): string {
  const given = spec.externalIPs ?? [];
  switch (spec.type) {
    case 'ExternalName':
      return spec.externalName ?? '';
    case 'LoadBalancer': {
      const ingress = (status.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '');
      const addresses = [...new Set(ingress.filter((address) => address !== ''))].toSorted();
      return [...addresses, ...given].join(',') || '<pending>';
    }
    case 'ClusterIP':
    case 'NodePort':
      return given.join(',') || '<none>';
    case undefined:
      return '<unknown>';
  }
}
