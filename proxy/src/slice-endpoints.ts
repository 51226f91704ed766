import { canonicalIpv4, type EndpointSlice, type Protocol, type SocketAddress } from '@kubarium/shared';

/** The label that ties a slice to its Service. */
export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

/** What the routing table keeps of one endpoint, for one port. */
export interface Endpoint extends SocketAddress {
  /** `address:port`. */
  readonly key: string;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  /** Absent for endpoints that are no pods of a node. */
  readonly node: string | undefined;
  readonly zoneHints: readonly string[] | undefined;
  readonly nodeHints: readonly string[] | undefined;
  /** `pod namespace/name`, for traces. */
  readonly target: string | undefined;
}

/** The endpoints of a slice by `TCP/http` (protocol and port name). */
export type SliceEndpoints = ReadonlyMap<string, readonly Endpoint[]>;

export const portKey = (protocol: Protocol, name: string): string => `${protocol}/${name}`;

/** The Service of a slice, `namespace/name`; undefined where it names none. */
export function serviceOf(slice: EndpointSlice): string | undefined {
  const name = slice.metadata.labels?.[SERVICE_NAME_LABEL];
  return name === undefined || name === '' ? undefined : `${slice.metadata.namespace}/${name}`;
}

/** Reads a slice. Ports without a number, and address types other than IPv4, give nothing. */
export function sliceEndpoints(slice: EndpointSlice): SliceEndpoints {
  const byPort = new Map<string, Endpoint[]>();
  if (slice.addressType !== 'IPv4') return byPort;
  for (const { name = '', port, protocol = 'TCP' } of slice.ports ?? []) {
    if (port === undefined || protocol === 'SCTP') continue;
    byPort.set(
      portKey(protocol, name),
      (slice.endpoints ?? []).flatMap(({ addresses, conditions, nodeName, hints, targetRef }) => {
        if (addresses[0] === undefined) return [];
        const address = canonicalIpv4(addresses[0]);
        return {
          address,
          port,
          key: `${address}:${port}`,
          // A condition that is not told counts as true, but terminating does not (discovery.k8s.io/v1).
          ready: conditions?.ready ?? true,
          serving: conditions?.serving ?? true,
          terminating: conditions?.terminating ?? false,
          node: nodeName,
          zoneHints: hints?.forZones?.map((zone) => zone.name),
          nodeHints: hints?.forNodes?.map((node) => node.name),
          target:
            targetRef === undefined
              ? undefined
              : `${(targetRef.kind ?? 'object').toLowerCase()} ${targetRef.namespace}/${targetRef.name}`,
        };
      }),
    );
  }
  return byPort;
}
