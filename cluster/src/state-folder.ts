import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
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
    this.#guard('create', this.path, () => mkdirSync(this.path, { recursive: true, mode: 0o700 }));
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

  /**
   * Keeps the credentials of a first start, and gives them back; or those of another start that came first. They come into being
   * all at once, as a folder that gets its name when it is complete: what a start has told its clients stays true.
   */
  firstCredentials(credentials: Credentials): Credentials {
    const pki = join(this.path, 'pki');
    const texts: Record<keyof typeof FILES, string> = {
      caCertificate: credentials.ca.certificate,
      caKey: credentials.ca.key,
      serverCertificate: credentials.server.certificate,
      serverKey: credentials.server.key,
      adminCertificate: credentials.admin.certificate,
      adminKey: credentials.admin.key,
      serviceAccountKey: credentials.serviceAccountKey,
      adminToken: `${credentials.adminToken}\n`,
    };
    this.#guard('write', pki, () => {
      const complete = mkdtempSync(`${pki}.new-`);
      for (const file of Object.keys(texts) as (keyof typeof FILES)[])
        writeDurably(join(complete, FILES[file]), texts[file]);
      // An older version, cut off in its first start, leaves a folder without a token.
      if (existsSync(pki) && !existsSync(this.#pki('adminToken'))) rmSync(pki, { recursive: true });
      try {
        renameSync(complete, pki);
      } catch (error) {
        rmSync(complete, { recursive: true });
        if (!existsSync(this.#pki('adminToken'))) throw error;
      }
      syncFolder(this.path);
    });
    return this.readCredentials()!;
  }

  /** The server's certificate may be issued anew; its key stays. */
  set serverCertificate(certificate: string) {
    this.#replace(this.#pki('serverCertificate'), certificate);
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

  /** Replaced as a whole, so that a crash or a power cut leaves the old file or the new one. */
  #replace(path: string, text: string): void {
    this.#guard('write', path, () => {
      if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
      writeDurably(`${path}.new`, text);
      renameSync(`${path}.new`, path);
      syncFolder(dirname(path));
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

/** Writes a file for its owner's eyes only; it is on the disk when this returns. */
function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'w', 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Puts the names in a folder on the disk. Windows knows no such thing, and needs none. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
