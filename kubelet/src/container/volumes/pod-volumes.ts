import type { KubeClient, Pod, ProjectedVolumeSource, Runtime, Timer, Volume } from '@kubarium/shared';
import { aggregate } from '../../go-format.ts';
import type { DownwardFacts } from '../downward-api.ts';
import type { NamedObjects } from '../environment.ts';
import { configMapFiles } from './config-map.ts';
import { downwardApiFiles } from './downward-api.ts';
import type { FileSystem } from '../file-system.ts';
import { emptyDir } from './empty-dir.ts';
import { hostPath } from './host-path.ts';
import { DEFAULT_MODE, type Payload, type PayloadFile, samePayload, VolumeError } from './payload.ts';
import type { MakeVolume, NewVolume, PodVolume } from './pod-volume.ts';
import { secretFiles } from './secret.ts';
import { renewalMs, requestToken, type Token } from './service-account-token.ts';
import { writePayload } from './volume-writer.ts';

export interface PodVolumesOptions {
  readonly runtime: Runtime;
  readonly client: KubeClient;
  readonly makeVolume: MakeVolume;
  /** The node's own tree, for hostPath volumes. */
  readonly host: () => NewVolume;
  readonly objects: NamedObjects;
  /** The pod and its addresses as they are now. */
  readonly facts: () => DownwardFacts;
}

/** A volume that is made of API objects, and what is or will be in it. */
interface Written {
  payload: Payload;
  atMs: number;
  /** Whether somebody has looked into it. */
  isOpen: boolean;
  readonly made: NewVolume;
}

/**
 * The volumes of one pod: set up before its containers start, kept current while it lives.
 *
 * Simplified: volumes of other kinds than those below (persistentVolumeClaim, csi, nfs, image, ...) and the projected sources
 * clusterTrustBundle and podCertificate fail to mount, and say so.
 */
export class PodVolumes implements Disposable {
  readonly #options: PodVolumesOptions;
  readonly #mounted = new Map<string, PodVolume>();
  readonly #written = new Map<string, Written>();
  /** Tokens by volume and path. */
  readonly #tokens = new Map<string, Token>();
  readonly #renewals = new Map<string, Timer>();
  #disposed = false;

  constructor(options: PodVolumesOptions) {
    this.#options = options;
  }

  /** Sets up what is not set up yet; gives what failed, by volume, and why. */
  async mount(): Promise<{ readonly name: string; readonly message: string }[]> {
    const failures: { name: string; message: string }[] = [];
    for (const source of this.#pod.spec.volumes ?? []) {
      if (this.#mounted.has(source.name)) continue;
      try {
        await this.#fetchTokens(source);
        if (this.#disposed) return [];
        this.#mounted.set(source.name, this.#setUp(source));
      } catch (error) {
        if (!(error instanceof VolumeError)) throw error;
        failures.push({ name: source.name, message: error.message });
      }
    }
    return failures;
  }

  get(name: string): PodVolume | undefined {
    return this.#mounted.get(name);
  }

  /**
   * Brings ConfigMaps, Secrets and the pod's own fields in its volumes up to date; what vanished stays as it was.
   *
   * Simplified: called as soon as something changes; a real kubelet looks once a minute or so.
   */
  refresh(): void {
    for (const source of this.#pod.spec.volumes ?? []) {
      const written = this.#written.get(source.name);
      if (written === undefined) continue;
      try {
        const payload = this.#payload(source)!;
        if (samePayload(payload, written.payload)) continue;
        written.payload = payload;
        written.atMs = this.#options.runtime.clock.now();
        if (written.isOpen) this.#write(written, written.made.files);
      } catch (error) {
        if (!(error instanceof VolumeError)) throw error;
      }
    }
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    for (const timer of this.#renewals.values()) timer.cancel();
    this.#renewals.clear();
    this.#mounted.clear();
    this.#written.clear();
  }

  get #pod(): Pod {
    return this.#options.facts().pod;
  }

  #setUp(source: Volume): PodVolume {
    const fsGroup = this.#pod.spec.securityContext?.fsGroup;
    if (source.emptyDir !== undefined) return emptyDir(source.emptyDir, this.#options.makeVolume, fsGroup);
    if (source.hostPath !== undefined) return hostPath(source.hostPath, this.#options.host());
    const payload = this.#payload(source);
    if (payload === undefined) {
      const kind = Object.keys(source).find((key) => key !== 'name') ?? 'unknown';
      throw new VolumeError(`volumes of type ${kind} are not simulated`);
    }
    const made = this.#options.makeVolume('tmpfs', (filesAt) => {
      written.isOpen = true;
      this.#write(written, filesAt(written.atMs));
    });
    const written: Written = { payload, atMs: this.#options.runtime.clock.now(), isOpen: false, made };
    this.#written.set(source.name, written);
    return { ...made, prefix: '', readOnly: true, growsSubPaths: false };
  }

  #write({ payload, atMs }: Written, files: FileSystem): void {
    writePayload(files, payload, atMs, this.#pod.spec.securityContext?.fsGroup);
  }

  /** The files of a volume made of API objects; undefined for other kinds. */
  #payload(source: Volume): Payload | undefined {
    const { objects, facts } = this.#options;
    const { configMap, secret, downwardAPI, projected } = source;
    if (configMap !== undefined) return configMapFiles(configMap, objects, configMap.defaultMode ?? DEFAULT_MODE);
    if (secret !== undefined) {
      const { secretName, defaultMode, ...rest } = secret;
      return secretFiles({ name: secretName, ...rest }, objects, defaultMode ?? DEFAULT_MODE);
    }
    if (downwardAPI !== undefined)
      return downwardApiFiles(downwardAPI.items ?? [], facts(), downwardAPI.defaultMode ?? DEFAULT_MODE);
    return projected === undefined ? undefined : this.#projectedFiles(source.name, projected);
  }

  #projectedFiles(volume: string, { sources = [], defaultMode = DEFAULT_MODE }: ProjectedVolumeSource): Payload {
    const files: Payload = new Map();
    const failures: string[] = [];
    const { objects, facts } = this.#options;
    for (const { configMap, secret, downwardAPI, serviceAccountToken, ...other } of sources) {
      try {
        let part: Payload = new Map();
        if (configMap !== undefined) part = configMapFiles(configMap, objects, defaultMode);
        else if (secret !== undefined) part = secretFiles(secret, objects, defaultMode);
        else if (downwardAPI !== undefined) part = downwardApiFiles(downwardAPI.items ?? [], facts(), defaultMode);
        else if (serviceAccountToken !== undefined) {
          const { path } = serviceAccountToken;
          const token = this.#tokens.get(`${volume}/${path}`);
          if (token !== undefined) part.set(path, tokenFile(token, facts().pod, defaultMode));
        } else
          throw new VolumeError(`projected sources of type ${Object.keys(other)[0] ?? 'unknown'} are not simulated`);
        for (const [path, file] of part) files.set(path, file);
      } catch (error) {
        if (!(error instanceof VolumeError)) throw error;
        failures.push(error.message);
      }
    }
    if (failures.length > 0) throw new VolumeError(aggregate(failures));
    return files;
  }

  async #fetchTokens({ name, projected }: Volume): Promise<void> {
    for (const { serviceAccountToken } of projected?.sources ?? []) {
      if (serviceAccountToken === undefined) continue;
      const key = `${name}/${serviceAccountToken.path}`;
      if (!this.#tokens.has(key)) await this.#renew(key, serviceAccountToken);
    }
  }

  async #renew(key: string, projection: Parameters<typeof requestToken>[2]): Promise<void> {
    const { client, runtime } = this.#options;
    const token = await requestToken(client, this.#pod, projection);
    if (this.#disposed) return;
    this.#tokens.set(key, token);
    this.#schedule(key, projection, renewalMs(runtime.clock.now(), token.expiresMs));
  }

  #schedule(key: string, projection: Parameters<typeof requestToken>[2], delayMs: number): void {
    const { runtime } = this.#options;
    const timer = runtime.clock.setTimer(delayMs, () => {
      runtime.activity?.begin();
      this.#renew(key, projection)
        .then(() => this.refresh())
        .catch((error: unknown) => {
          runtime.logger.warn({ error: String(error) }, 'a service account token was not renewed; trying again');
          if (!this.#disposed) this.#schedule(key, projection, 30_000);
        })
        .finally(() => runtime.activity?.end());
    });
    this.#renewals.set(key, timer);
  }
}

/** A token is for its user alone where all containers run as the same one. */
function tokenFile({ token }: Token, { spec }: Pod, defaultMode: number): PayloadFile {
  const users = new Set(
    [...spec.containers, ...(spec.initContainers ?? [])].map(
      ({ securityContext }) => securityContext?.runAsUser ?? spec.securityContext?.runAsUser,
    ),
  );
  const uid = users.size === 1 ? [...users][0] : undefined;
  const isPrivate = uid !== undefined || spec.securityContext?.fsGroup !== undefined;
  return { data: token, mode: isPrivate ? 0o600 : defaultMode, uid };
}
