// Prints what one pod's change costs the proxies of all nodes, with 500 and with 5,000 Services of 10 endpoints each.
// node proxy/scripts/sync-cost.ts [nodes]
import { RoutingTable } from '../src/routing-table.ts';
import { flow, makeEndpoint, makeService, makeSlice, nodes } from '../src/testing/proxy-fixture.ts';
import { VirtualIpStage } from '../src/virtual-ip.ts';
import { ipv4Range, seededRandom, VirtualClock } from '@kubarium/shared';

const nodeCount = Number(process.argv[2] ?? 100);
// The first two rounds warm up.
for (const [round, count] of [500, 5_000, 500, 5_000].entries()) {
  const table = new RoutingTable();
  const ip = (service: number): string => `10.96.${service >> 8}.${service & 255}`;
  const slice = (service: number, version: number) =>
    makeSlice(
      `s${service}`,
      Array.from({ length: 10 }, (_, i) => makeEndpoint(`10.244.${(service + i) % 250}.${(version + i) % 250}`)),
    );
  const start = performance.now();
  for (let service = 0; service < count; service++) {
    const key = `default/s${service}`;
    table.applyServices([
      { key, previous: undefined, current: makeService(`s${service}`, { clusterIP: ip(service) }) },
    ]);
    table.applySlices([{ key: `${key}-1`, previous: undefined, current: slice(service, 0) }]);
  }
  const filled = performance.now();
  const stage = new VirtualIpStage({
    table,
    clock: new VirtualClock(),
    random: seededRandom(1),
    serviceRange: ipv4Range('10.96.0.0/12'),
    nodes: {
      byName: (name) => ({ name, zone: undefined, addresses: [nodes[0]!.addresses[0]!] }),
      byAddress: () => undefined,
      all: () => [],
    },
  });
  const rounds = 2_000;
  const begun = performance.now();
  for (let change = 1; change <= rounds; change++) {
    const service = (change * 7919) % count;
    table.applySlices([{ key: `default/s${service}-1`, previous: undefined, current: slice(service, change) }]);
    // Each node uses its new rules at once.
    for (let node = 1; node <= nodeCount; node++) stage.decide(flow(`pod 10.244.${node}.9`, `${ip(service)}:80`));
  }
  const perChange = (performance.now() - begun) / rounds;
  if (round >= 2)
    console.log(
      `${count} Services, ${count * 10} endpoints: filled in ${(filled - start).toFixed(0)} ms; one change with a first connection on ${nodeCount} nodes: ${(perChange * 1000).toFixed(0)} us`,
    );
}
