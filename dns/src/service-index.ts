import type { Protocol } from '@kubarium/shared';

/** What the DNS knows of a Service. */
export interface ServiceFacts {
  readonly namespace: string;
  readonly name: string;
  readonly clusterIPs: readonly string[];
  /** Set for ExternalName Services only. */
  readonly externalName: string | undefined;
  readonly ports: readonly PortFacts[];
}

export interface PortFacts {
  readonly name: string;
  readonly protocol: Protocol | 'SCTP';
  /** Absent where a slice does not tell its number: whoever looks it up gets addresses, but no SRV record. */
  readonly port: number | undefined;
}

/** An address of a ready endpoint of a Service. */
export interface EndpointFacts {
  readonly namespace: string;
  readonly service: string;
  /** IPv4, or IPv6 in canonical form. */
  readonly address: string;
  /** Its hostname, or its address with dashes: its label below the Service's name. */
  readonly label: string;
  readonly ports: readonly PortFacts[];
}

/** What answers are made of. All lookups cost what they find; addresses are told and asked for in canonical form. */
export interface ServiceIndex {
  hasNamespace(name: string): boolean;
  service(namespace: string, name: string): ServiceFacts | undefined;
  endpoints(namespace: string, service: string): readonly EndpointFacts[];
  serviceAt(clusterIP: string): ServiceFacts | undefined;
  endpointsAt(address: string): readonly EndpointFacts[];
}
