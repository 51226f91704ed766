import { ipv4Range, seededRandom, VirtualClock, type EndpointSlice, type Service } from '@kubarium/shared';
import { plainTargets } from '@kubarium/shared/testing';
import { packet, propertyRuns, routingStep, World, WORLD_NODES } from '@kubarium/shared/testing/random-world';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ChangeTracker } from './change-tracker.ts';
import { RoutingTable } from './routing-table.ts';
import { VirtualIpStage, type NodeFacts } from './virtual-ip.ts';

const nodes = WORLD_NODES.map(({ address, ...node }): NodeFacts => ({ ...node, addresses: [address] }));
const NODES = {
  byName: (name: string) => nodes.find((node) => node.name === name),
  byAddress: (address: string) => nodes.find((node) => node.addresses.includes(address)),
  all: () => nodes,
};

it('routes like the plain model after any history of changes, folded into any bursts', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(
      fc.array(routingStep, { maxLength: 25 }),
      fc.array(packet, { minLength: 8, maxLength: 20 }),
      (steps, packets) => {
        const table = new RoutingTable();
        const trackers = { Service: new ChangeTracker<Service>(), EndpointSlice: new ChangeTracker<EndpointSlice>() };
        const sync = (): void => {
          table.applyServices(trackers.Service.take());
          table.applySlices(trackers.EndpointSlice.take());
        };
        const world = new World((key, previous, current) => {
          const [kind, name] = key.split(' ') as [keyof typeof trackers, string];
          trackers[kind].note(name, previous as never, current as never);
        });
        const stage = new VirtualIpStage({
          table,
          clock: new VirtualClock(),
          random: seededRandom(1),
          serviceRange: ipv4Range('10.96.0.0/16'),
          nodes: NODES,
        });
        const compare = (): void => {
          sync();
          const [services, slices] = [world.all<Service>('Service'), world.all<EndpointSlice>('EndpointSlice')];
          for (const { from, to, protocol } of packets) {
            const verdict = stage.decide({
              protocol,
              from: {
                node: from.node,
                ...(from.kind === 'pod' ? { pod: { namespace: 'a', name: 'm', uid: 'm' } } : {}),
              },
              source: { address: from.address, port: 40_000 },
              destination: to,
            });
            const got =
              verdict.action === 'rewrite'
                ? `${verdict.destination.address}:${verdict.destination.port} from ${verdict.sourceAddress ?? from.address}`
                : verdict.action;
            const right = plainTargets(services, slices, WORLD_NODES, from, to, protocol);
            if (typeof right === 'string' ? right === got : right.includes(got)) continue;
            expect.fail(`${protocol} ${from.address} to ${to.address}:${to.port}: ${got}, not ${right.toString()}`);
          }
        };
        for (const step of steps) {
          if ('pause' in step) compare();
          else world.apply(step);
        }
        compare();
      },
    ),
    propertyRuns(10_000),
  );
});
