import type { ConfigMap, Container, EnvVarSource, Secret } from '@kubarium/shared';
import { type DownwardFacts, podField, resourceField } from './downward-api.ts';
import { ContainerConfigError } from './container-config-error.ts';
import { expandVariables } from './expansion.ts';
import type { NamedObjects } from './named-objects.ts';

export interface EnvironmentInput {
  readonly container: Container;
  readonly facts: DownwardFacts;
  readonly objects: NamedObjects;
  readonly serviceVariables: Readonly<Record<string, string>>;
}

/**
 * The variables that the pod gives a container: `envFrom`, then `env` over them (with `$(NAME)` replaced from what was
 * declared before it, then from the Services), then the Services' own. Throws ContainerConfigError with the kubelet's text.
 */
export function environment({ container, facts, objects, serviceVariables }: EnvironmentInput): Record<string, string> {
  const variables: Record<string, string> = {};
  const namespace = facts.pod.metadata.namespace ?? '';
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    if (configMapRef !== undefined) {
      const object = configMap(objects, configMapRef.name ?? '', configMapRef.optional);
      for (const [key, value] of Object.entries(object?.data ?? {})) variables[prefix + key] = value;
    }
    if (secretRef !== undefined) {
      const object = secret(objects, secretRef.name ?? '', secretRef.optional);
      for (const [key, value] of Object.entries(object?.data ?? {})) variables[prefix + key] = decode(value);
    }
  }
  const lookup = (name: string): string | undefined => variables[name] ?? serviceVariables[name];
  for (const { name, value, valueFrom } of container.env ?? []) {
    if (value !== undefined && value !== '') variables[name] = expandVariables(value, lookup);
    else if (valueFrom === undefined) variables[name] = '';
    else {
      const found = valueOf(valueFrom, namespace, container, facts, objects);
      if (found !== undefined) variables[name] = found;
    }
  }
  for (const [name, value] of Object.entries(serviceVariables)) variables[name] ??= value;
  return variables;
}

/** The value of a variable's source; undefined where it is optional and not there. */
function valueOf(
  source: EnvVarSource,
  namespace: string,
  container: Container,
  facts: DownwardFacts,
  objects: NamedObjects,
): string | undefined {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = source;
  try {
    if (fieldRef !== undefined) return podField(fieldRef, facts);
    if (resourceFieldRef !== undefined) return resourceField(resourceFieldRef, container, facts);
  } catch (error) {
    throw new ContainerConfigError((error as Error).message);
  }
  if (configMapKeyRef !== undefined) {
    const { name = '', key, optional } = configMapKeyRef;
    const value = configMap(objects, name, optional)?.data?.[key];
    if (value === undefined && optional !== true)
      throw new ContainerConfigError(`couldn't find key ${key} in ConfigMap ${namespace}/${name}`);
    return value;
  }
  if (secretKeyRef !== undefined) {
    const { name = '', key, optional } = secretKeyRef;
    const value = secret(objects, name, optional)?.data?.[key];
    if (value === undefined && optional !== true)
      throw new ContainerConfigError(`couldn't find key ${key} in Secret ${namespace}/${name}`);
    return value === undefined ? undefined : decode(value);
  }
  // Simplified: fileKeyRef (KEP-3721) is refused with this text.
  throw new ContainerConfigError('environment variable source is not simulated (fileKeyRef)');
}

function configMap(objects: NamedObjects, name: string, optional = false): ConfigMap | undefined {
  const object = objects.configMap(name);
  if (object === undefined && !optional) throw new ContainerConfigError(`configmap "${name}" not found`);
  return object;
}

function secret(objects: NamedObjects, name: string, optional = false): Secret | undefined {
  const object = objects.secret(name);
  if (object === undefined && !optional) throw new ContainerConfigError(`secret "${name}" not found`);
  return object;
}

const decode = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');
