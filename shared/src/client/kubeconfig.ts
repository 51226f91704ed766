import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import type { HttpTransportOptions } from './http-transport.ts';

interface Named<T> {
  readonly name: string;
  readonly value: T;
}

interface Cluster {
  readonly server?: string;
  readonly 'certificate-authority'?: string;
  readonly 'certificate-authority-data'?: string;
  readonly 'insecure-skip-tls-verify'?: boolean;
}

interface User {
  readonly token?: string;
  readonly tokenFile?: string;
  readonly 'client-certificate'?: string;
  readonly 'client-certificate-data'?: string;
  readonly 'client-key'?: string;
  readonly 'client-key-data'?: string;
}

interface Kubeconfig {
  readonly 'current-context'?: string;
  readonly contexts?: readonly { name: string; context: { cluster: string; user?: string; namespace?: string } }[];
  readonly clusters?: readonly { name: string; cluster: Cluster }[];
  readonly users?: readonly { name: string; user: User }[];
}

/**
 * Reads how to reach the cluster of a kubeconfig file's context, the current one by default. Throws an Error that says what is
 * missing. Simplified: no exec plugins and auth providers.
 */
export function loadKubeconfig(path: string, contextName?: string): HttpTransportOptions & { namespace?: string } {
  const config = (parse(readFileSync(path, 'utf8')) ?? {}) as Kubeconfig;
  const wanted = contextName ?? config['current-context'] ?? '';
  const find = <T>(kind: string, name: string, all: readonly Named<T>[]): T => {
    const found = all.find((one) => one.name === name);
    if (found === undefined) throw new Error(`kubeconfig ${path} has no ${kind} named ${JSON.stringify(name)}`);
    return found.value;
  };
  const context = find(
    'context',
    wanted,
    (config.contexts ?? []).map((one) => ({ name: one.name, value: one.context })),
  );
  const cluster = find(
    'cluster',
    context.cluster,
    (config.clusters ?? []).map((one) => ({ name: one.name, value: one.cluster })),
  );
  const user =
    context.user === undefined
      ? {}
      : find<User>(
          'user',
          context.user,
          (config.users ?? []).map((one) => ({ name: one.name, value: one.user })),
        );
  if (cluster.server === undefined) throw new Error(`kubeconfig ${path}: cluster ${context.cluster} has no server`);
  const pem = (data: string | undefined, file: string | undefined): string | undefined => {
    if (data !== undefined) return Buffer.from(data, 'base64').toString();
    return file === undefined ? undefined : readFileSync(resolve(dirname(path), file), 'utf8');
  };
  const { tokenFile } = user;
  return {
    server: cluster.server,
    ca: pem(cluster['certificate-authority-data'], cluster['certificate-authority']),
    insecureSkipTlsVerify: cluster['insecure-skip-tls-verify'],
    cert: pem(user['client-certificate-data'], user['client-certificate']),
    key: pem(user['client-key-data'], user['client-key']),
    token: tokenFile === undefined ? user.token : () => readFileSync(resolve(dirname(path), tokenFile), 'utf8').trim(),
    ...(context.namespace === undefined ? {} : { namespace: context.namespace }),
  };
}
