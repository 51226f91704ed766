import type { Service } from '@kubarium/shared';

/**
 * The variables by which a container finds Services (docs: "Discovering services", Docker link style): `X_SERVICE_HOST`,
 * `X_SERVICE_PORT[_NAME]`, `X_PORT`, `X_PORT_80_TCP[_PROTO|_PORT|_ADDR]`.
 *
 * The `kubernetes` Service of the namespace default is always among them; those of the pod's namespace are with
 * `enableServiceLinks`. Services without a cluster IP have none.
 */
export function serviceEnvironment(
  services: readonly Service[],
  kubernetes: Service | undefined,
  enableServiceLinks: boolean,
): Record<string, string> {
  const variables: Record<string, string> = {};
  const chosen = new Map<string, Service>();
  if (kubernetes !== undefined) chosen.set('kubernetes', kubernetes);
  if (enableServiceLinks) for (const service of services) chosen.set(service.metadata.name, service);
  for (const service of chosen.values()) add(variables, service);
  return variables;
}

function add(variables: Record<string, string>, { metadata, spec }: Service): void {
  const { clusterIP, ports } = spec;
  const first = ports?.[0];
  if (clusterIP === undefined || clusterIP === '' || clusterIP === 'None' || first === undefined) return;
  const prefix = variableName(metadata.name);
  variables[`${prefix}_SERVICE_HOST`] = clusterIP;
  variables[`${prefix}_SERVICE_PORT`] = String(first.port);
  for (const [index, { name, port, protocol = 'TCP' }] of ports!.entries()) {
    if (name !== undefined && name !== '') variables[`${prefix}_SERVICE_PORT_${variableName(name)}`] = String(port);
    const url = `${protocol.toLowerCase()}://${clusterIP}:${port}`;
    if (index === 0) variables[`${prefix}_PORT`] = url;
    const link = `${prefix}_PORT_${port}_${protocol}`;
    variables[link] = url;
    variables[`${link}_PROTO`] = protocol.toLowerCase();
    variables[`${link}_PORT`] = String(port);
    variables[`${link}_ADDR`] = clusterIP;
  }
}

const variableName = (name: string): string => name.replaceAll('-', '_').toUpperCase();
