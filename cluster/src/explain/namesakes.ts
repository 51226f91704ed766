import { searchPath } from './search-path.ts';
import type { Facts } from './facts.ts';

/** What the client's search path made of the name, and where Services of that name are. */
export function namesakesText({ asked, otherServices, client, clusterDomain }: Facts): string[] {
  const there = otherServices.filter(({ metadata }) => metadata.name === asked.name);
  return [
    ...searchPath(asked.text, client, asked.namespace, clusterDomain).map((tried) => `tried ${tried}: no such Service`),
    ...there.map(({ metadata }) => `there is a Service ${metadata.namespace}/${metadata.name}`),
  ];
}
