import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Credentials } from './pki/credentials.ts';
import { StartError } from './start-error.ts';

/** Where each credential lives below `pki/`, as on a kubeadm control plane. */
const FILES = {
  caCertificate: 'ca.crt',
  caKey: 'ca.key',
  serverCertificate: 'apiserver.crt',
  serverKey: 'apiserver.key',
  adminCertificate: 'admin.crt',
  adminKey: 'admin.key',
  serviceAccountKey: 'sa.key',
  adminToken: 'admin.token',
} as const;

/**
 * The folder that holds all of a cluster's state: database, credentials, kubeconfig. Copy it to copy the cluster, delete it
 * for a fresh one. Throws StartError where it cannot be read or written.
 */
export class StateFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = resolve(path);
    this.#guard('create', this.path, () => mkdirSync(join(this.path, 'pki'), { recursive: true, mode: 0o700 }));
  }

  get database(): string {
    return join(this.path, 'kubarium.db');
  }

  get kubeconfig(): string {
    return join(this.path, 'kubeconfig');
  }

  /** The credentials of an earlier start, or undefined on the first. */
  readCredentials(): Credentials | undefined {
    if (!existsSync(this.#pki('adminToken'))) return undefined;
    return {
      ca: { certificate: this.#read('caCertificate'), key: this.#read('caKey') },
      server: { certificate: this.#read('serverCertificate'), key: this.#read('serverKey') },
      admin: { certificate: this.#read('adminCertificate'), key: this.#read('adminKey') },
      serviceAccountKey: this.#read('serviceAccountKey'),
      adminToken: this.#read('adminToken').trim(),
    };
  }

  /** The token is written last: where it stands, all the others do. */
  writeCredentials(credentials: Credentials): void {
    this.#write('caCertificate', credentials.ca.certificate);
    this.#write('caKey', credentials.ca.key);
    this.#write('serverCertificate', credentials.server.certificate);
    this.#write('serverKey', credentials.server.key);
    this.#write('adminCertificate', credentials.admin.certificate);
    this.#write('adminKey', credentials.admin.key);
    this.#write('serviceAccountKey', credentials.serviceAccountKey);
    this.#write('adminToken', `${credentials.adminToken}\n`);
  }

  writeKubeconfig(text: string): void {
    this.#replace(this.kubeconfig, text);
  }

  /** The port of the last start: `--port 0` takes a free one once and keeps it. */
  get port(): number | undefined {
    const path = join(this.path, 'port');
    return existsSync(path) ? Number(this.#guard('read', path, () => readFileSync(path, 'utf8'))) : undefined;
  }

  set port(port: number) {
    this.#replace(join(this.path, 'port'), `${port}\n`);
  }

  /** What time it was at last, where the clock was a virtual one: time never goes back. In milliseconds since 1970. */
  get time(): number | undefined {
    const path = join(this.path, 'time');
    return existsSync(path) ? Number(this.#guard('read', path, () => readFileSync(path, 'utf8'))) : undefined;
  }

  set time(nowMs: number) {
    this.#replace(join(this.path, 'time'), `${Math.ceil(nowMs)}\n`);
  }

  #pki(file: keyof typeof FILES): string {
    return join(this.path, 'pki', FILES[file]);
  }

  #read(file: keyof typeof FILES): string {
    return this.#guard('read', this.#pki(file), () => readFileSync(this.#pki(file), 'utf8'));
  }

  #write(file: keyof typeof FILES, text: string): void {
    this.#replace(this.#pki(file), text);
  }

  /** Replaced as a whole, so that a crash leaves the old file or the new one. */
  #replace(path: string, text: string): void {
    this.#guard('write', path, () => {
      writeFileSync(`${path}.new`, text, { mode: 0o600 });
      renameSync(`${path}.new`, path);
    });
  }

  #guard<T>(what: string, path: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw new StartError(
        `cannot ${what} ${path}: ${error instanceof Error ? error.message : String(error)}`,
        `make the folder readable and writable for you, or choose another with --data-dir`,
        { cause: error },
      );
    }
  }
}
