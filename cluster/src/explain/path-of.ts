import { isHeadless, portText, serviceText, type Facts } from './facts.ts';
import { searchPath } from './search-path.ts';

/** The way of a request that is answered: name, address, endpoints, as lines. */
export function pathOf(facts: Facts): string[] {
  const { asked, client, service, port, choice, clusterDomain } = facts;
  if (service === undefined) return [];
  const who =
    client?.kind === 'pod' ? `pod ${client.pod.metadata.name}` : client?.kind === 'outside' ? 'outside' : 'a pod';
  const name = `${service.metadata.name}.${service.metadata.namespace}.svc.${clusterDomain}`;
  const named =
    asked.address === undefined && client?.kind !== 'outside'
      ? [`${who} asks for ${asked.text}: ${nameThatFits(facts, name)}`]
      : [];
  if (service.spec.type === 'ExternalName') return [...named, `${name} is an alias for ${service.spec.externalName}`];
  if (port === undefined) return named;
  const endpoints = choice.candidates.map(({ key, target, node }) =>
    [`  ${key}`, target, node === undefined ? undefined : `on ${node}`].filter(Boolean).join(' '),
  );
  return [
    ...named,
    isHeadless(facts)
      ? `${name} is headless: the DNS answers with the addresses of its pods`
      : `${entranceText(facts)} is ${serviceText(facts)}, port ${portText(port)}: one of ${choice.candidates.length} (${choice.reason})`,
    ...endpoints,
  ];
}

function entranceText({ client, service, port }: Facts): string {
  const { clusterIP, externalIPs = [] } = service!.spec;
  if (client?.kind !== 'outside') return `${clusterIP}:${port!.port}`;
  if (port!.nodePort !== undefined && port!.nodePort !== 0) return `port ${port!.nodePort} of every node`;
  return `${externalIPs[0]}:${port!.port}`;
}

const nameThatFits = ({ asked, client, clusterDomain }: Facts, name: string): string =>
  searchPath(asked.text, client, asked.namespace, clusterDomain).includes(name)
    ? `the search path leads to ${name}`
    : `it is ${name}`;
