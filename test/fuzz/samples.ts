import { readFileSync } from 'node:fs';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** A valid object, as JSON and as the real server encodes it in protobuf. */
export interface Sample {
  readonly kind: string;
  readonly json: JsonObject;
  readonly protobuf: Buffer;
}

const FACTS = new URL('../../apiserver/facts/protobuf-samples.json', import.meta.url);

/** One valid object of each kind, as the real server answered; without what the server sets. */
export function samples(namespace: string): Sample[] {
  const recorded = JSON.parse(readFileSync(FACTS, 'utf8')) as { json: JsonObject; protobuf: string }[];
  return recorded.map(({ json, protobuf }) => {
    const { uid: _, resourceVersion: __, creationTimestamp: ___, ...metadata } = json['metadata'] as JsonObject;
    if (metadata['namespace'] !== undefined) metadata['namespace'] = namespace;
    return {
      kind: json['kind'] as string,
      json: { ...json, metadata },
      protobuf: Buffer.from(protobuf, 'base64'),
    };
  });
}

/** Bodies of subresources and of kinds that are answered, not stored. */
export const OTHER_BODIES: readonly JsonObject[] = [
  { kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: { name: 'sample' }, spec: { replicas: 1 } },
  { kind: 'Eviction', apiVersion: 'policy/v1', metadata: { name: 'sample' }, deleteOptions: { gracePeriodSeconds: 0 } },
  { kind: 'Binding', apiVersion: 'v1', metadata: { name: 'sample' }, target: { kind: 'Node', name: 'node-1' } },
  { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', spec: { audiences: ['a'], expirationSeconds: 600 } },
  { kind: 'TokenReview', apiVersion: 'authentication.k8s.io/v1', spec: { token: 'x' } },
  {
    kind: 'SubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    spec: { user: 'a', groups: ['b'], resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'default' } },
  },
  {
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    spec: { nonResourceAttributes: { verb: 'get', path: '/metrics' } },
  },
  { kind: 'SelfSubjectRulesReview', apiVersion: 'authorization.k8s.io/v1', spec: { namespace: 'default' } },
  { kind: 'SelfSubjectReview', apiVersion: 'authentication.k8s.io/v1' },
  {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    gracePeriodSeconds: 0,
    propagationPolicy: 'Background',
    preconditions: { uid: 'x', resourceVersion: '1' },
    dryRun: ['All'],
  },
];
