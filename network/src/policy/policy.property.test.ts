import type { InformerHandler, Namespace, NetworkPolicy, Pod } from '@kubarium/shared';
import { isAllowedPlainly, type PlainEnd } from '@kubarium/shared/testing';
import {
  directPacket,
  policyStep,
  propertyRuns,
  World,
  WORLD_NODES,
  type WorldObject,
} from '@kubarium/shared/testing/random-world';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PolicyEnd } from './compiled-policy.ts';
import { PolicyIndex } from './policy-index.ts';
import { isAllowed, policyVerdict } from './policy-verdict.ts';

it('decides like the plain model after any history of changes', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(
      fc.array(policyStep, { maxLength: 20 }),
      fc.array(directPacket, { minLength: 8, maxLength: 16 }),
      (steps, packets) => {
        const index = new PolicyIndex();
        const told: Record<string, InformerHandler<never>> = {
          NetworkPolicy: index.policyChanges,
          Namespace: index.namespaceChanges,
          Pod: index.podChanges,
        };
        const world = new World((_, previous, current) => {
          const tell = told[((current ?? previous) as WorldObject).kind]!;
          if (current === undefined) tell.deleted?.(previous as never);
          else if (previous === undefined) tell.added?.(current as never);
          else tell.updated?.(current as never, previous as never);
        });
        const compare = (): void => {
          const pods = world.all<Pod>('Pod');
          const policies = world.all<NetworkPolicy>('NetworkPolicy');
          const plainEnd = (address: string): PlainEnd => ({
            address,
            pod: pods.find(({ status }) => status.podIP === address),
            node: WORLD_NODES.find((node) => node.address === address)?.name,
          });
          const endOf = ({ address, pod, node }: PlainEnd): PolicyEnd => ({
            address,
            ...(pod === undefined
              ? { node: node ?? 'outside' }
              : { pod: index.pod(pod.metadata.namespace!, pod.metadata.name)! }),
          });
          for (const { from, to, protocol } of packets) {
            const [source, destination] = [plainEnd(from.address), plainEnd(to.address)];
            const traffic = { protocol, source: endOf(source), destination: endOf(destination), port: to.port };
            const { allowed } = policyVerdict(traffic, index.policiesOf);
            expect(isAllowed(traffic, index.policiesOf)).toBe(allowed);
            const namespaces = world.all<Namespace>('Namespace');
            if (allowed === isAllowedPlainly(policies, namespaces, source, destination, to.port, protocol)) continue;
            expect.fail(`${protocol} ${from.address} to ${to.address}:${to.port}: allowed is ${allowed}`);
          }
        };
        for (const step of steps) {
          if ('pause' in step) compare();
          else world.apply(step);
        }
        compare();
        expect(index.isEmpty).toBe(world.all('NetworkPolicy').length === 0);
      },
    ),
    propertyRuns(2_000),
  );
});
