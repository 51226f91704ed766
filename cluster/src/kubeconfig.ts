import { stringify } from 'yaml';

export interface KubeconfigOptions {
  /** `https://127.0.0.1:6443`. */
  readonly server: string;
  /** PEM texts. */
  readonly caCertificate: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A kubeconfig with everything in it, as YAML: it can be copied and merged like any other. */
export function kubeconfig(options: KubeconfigOptions): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'kubarium',
        cluster: { server: options.server, 'certificate-authority-data': base64(options.caCertificate) },
      },
    ],
    users: [
      {
        name: 'kubernetes-admin',
        user: {
          'client-certificate-data': base64(options.clientCertificate),
          'client-key-data': base64(options.clientKey),
        },
      },
    ],
    contexts: [{ name: 'kubarium', context: { cluster: 'kubarium', user: 'kubernetes-admin' } }],
    'current-context': 'kubarium',
  });
}
