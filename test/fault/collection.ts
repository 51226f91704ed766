/** A kind under load: where its objects live, and what the load writes. */
export interface Collection {
  readonly path: string;
  /** Nobody but the load writes these objects: what comes back after a crash is, byte for byte, what was acknowledged. */
  readonly isOurs: boolean;
  /** How many objects each writer has. */
  readonly namesPerWriter: number;
  /** An object that carries its marker in several places, so that half a write would show. */
  draft(name: string, marker: number): ObjectDraft;
}

export interface ObjectDraft {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    labels: Record<string, string>;
    annotations: Record<string, string>;
    resourceVersion?: string;
  };
  [part: string]: unknown;
}

export interface FoundObject {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  readonly spec?: Record<string, unknown>;
}

export const NAMESPACE = 'fault';
export const MARKER = 'marker';

const base = (apiVersion: string, kind: string, name: string, marker: number): ObjectDraft => ({
  apiVersion,
  kind,
  metadata: { name, labels: { [MARKER]: String(marker) }, annotations: { [MARKER]: String(marker) } },
});

const container = { name: 'app', image: 'my-app' };

/** The marker of an object, undefined where it has none; NaN where its places disagree, which is half a write. */
export function markerOf({ metadata }: FoundObject): number | undefined {
  const [label, annotation] = [metadata.labels?.[MARKER], metadata.annotations?.[MARKER]];
  if (label === undefined && annotation === undefined) return undefined;
  return label === annotation ? Number(label) : NaN;
}

export const COLLECTIONS: readonly Collection[] = [
  {
    path: `/api/v1/namespaces/${NAMESPACE}/configmaps`,
    isOurs: true,
    namesPerWriter: 4,
    draft: (name, marker) => ({
      ...base('v1', 'ConfigMap', name, marker),
      data: { filler: 'x'.repeat(marker % 3000) },
    }),
  },
  {
    path: `/api/v1/namespaces/${NAMESPACE}/services`,
    // A controller gives those of type LoadBalancer their addresses.
    isOurs: false,
    namesPerWriter: 4,
    draft: (name, marker) => ({
      ...base('v1', 'Service', name, marker),
      spec: {
        type: (['ClusterIP', 'NodePort', 'LoadBalancer'] as const)[marker % 3],
        selector: { app: name },
        ports: [{ name: 'web', port: 80 }, ...(marker % 2 === 0 ? [{ name: 'admin', port: 81 }] : [])],
      },
    }),
  },
  {
    path: `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`,
    isOurs: false,
    namesPerWriter: 1,
    draft: (name, marker) => ({
      ...base('apps/v1', 'Deployment', name, marker),
      spec: {
        replicas: marker % 3,
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name } }, spec: { containers: [container] } },
      },
    }),
  },
  {
    path: `/api/v1/namespaces/${NAMESPACE}/pods`,
    isOurs: false,
    namesPerWriter: 2,
    draft: (name, marker) => ({ ...base('v1', 'Pod', name, marker), spec: { containers: [container] } }),
  },
];
