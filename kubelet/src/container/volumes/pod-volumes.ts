import {
  findBy,
  type FewOrManyBy,
  NONE,
  type Pod,
  type ProjectedVolumeSource,
  type Volume,
  withOneBy,
} from '@kubarium/shared';
import { aggregate } from '../../go-format.ts';
import type { NodeContext } from '../../node-context.ts';
import type { DownwardFacts } from '../downward-api.ts';
import { namedObjects, type NamedObjects } from '../named-objects.ts';
import { configMapFiles } from './config-map.ts';
import { downwardApiFiles } from './downward-api.ts';
import type { FileSystem } from '../file-system.ts';
import { emptyDir } from './empty-dir.ts';
import { hostPath } from './host-path.ts';
import { DEFAULT_MODE, type Payload, type PayloadFile, samePayload, VolumeError } from './payload.ts';
import type { NewVolume, PodVolume } from './pod-volume.ts';
import { PodTokens, type TokensOwner } from './pod-tokens.ts';
import { secretFiles } from './secret.ts';
import { writePayload } from './volume-writer.ts';

/** Whose volumes they are. */
export interface VolumesOwner {
  /** The pod and its addresses as they are now. */
  readonly facts: DownwardFacts;
}

/** A volume that is made of API objects, and what is or will be in it. */
interface Written {
  readonly volume: string;
  payload: Payload;
  atMs: number;
  /** Whether somebody has looked into it. */
  isOpen: boolean;
  readonly made: NewVolume;
}

interface Mounted {
  readonly name: string;
  readonly volume: PodVolume;
}

const nameOf = ({ name }: Mounted): string => name;
const volumeOf = ({ volume }: Written): string => volume;

/**
 * The volumes of one pod: set up before its containers start, kept current while it lives.
 *
 * Simplified: volumes of other kinds than those below (persistentVolumeClaim, csi, nfs, image, ...) and the projected sources
 * clusterTrustBundle and podCertificate fail to mount, and say so.
 */
export class PodVolumes implements Disposable, TokensOwner {
  readonly #context: NodeContext;
  readonly #owner: VolumesOwner;
  readonly #tokens: PodTokens;
  #mounted: FewOrManyBy<Mounted> = NONE;
  #written: FewOrManyBy<Written> = NONE;
  #disposed = false;

  constructor(context: NodeContext, owner: VolumesOwner) {
    this.#context = context;
    this.#owner = owner;
    this.#tokens = new PodTokens(context, this);
  }

  get pod(): Pod {
    return this.#owner.facts.pod;
  }

  /** Sets up what is not set up yet; gives what failed, by volume, and why. */
  async mount(): Promise<{ readonly name: string; readonly message: string }[]> {
    const failures: { name: string; message: string }[] = [];
    for (const source of this.pod.spec.volumes ?? []) {
      if (this.get(source.name) !== undefined) continue;
      try {
        await this.#tokens.fetch(source);
        if (this.#disposed) return [];
        this.#mounted = withOneBy(this.#mounted, { name: source.name, volume: this.#setUp(source) }, nameOf);
      } catch (error) {
        if (!(error instanceof VolumeError)) throw error;
        failures.push({ name: source.name, message: error.message });
      }
    }
    return failures;
  }

  get(name: string): PodVolume | undefined {
    return findBy(this.#mounted, name, nameOf)?.volume;
  }

  /**
   * Brings ConfigMaps, Secrets and the pod's own fields in its volumes up to date; what vanished stays as it was.
   *
   * Simplified: called as soon as something changes; a real kubelet looks once a minute or so.
   */
  refresh(): void {
    for (const source of this.pod.spec.volumes ?? []) {
      const written = findBy(this.#written, source.name, volumeOf);
      if (written === undefined) continue;
      try {
        const payload = this.#payload(source)!;
        if (samePayload(payload, written.payload)) continue;
        written.payload = payload;
        written.atMs = this.#context.runtime.clock.now();
        if (written.isOpen) this.#write(written, written.made.files);
      } catch (error) {
        if (!(error instanceof VolumeError)) throw error;
      }
    }
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#tokens[Symbol.dispose]();
    this.#mounted = NONE;
    this.#written = NONE;
  }

  get #objects(): NamedObjects {
    return namedObjects(this.#context, this.pod.metadata.namespace ?? '');
  }

  #setUp(source: Volume): PodVolume {
    const fsGroup = this.pod.spec.securityContext?.fsGroup;
    if (source.emptyDir !== undefined) return emptyDir(source.emptyDir, this.#context.makeVolume, fsGroup);
    if (source.hostPath !== undefined) return hostPath(source.hostPath, this.#context.hostTree());
    const payload = this.#payload(source);
    if (payload === undefined) {
      const kind = Object.keys(source).find((key) => key !== 'name') ?? 'unknown';
      throw new VolumeError(`volumes of type ${kind} are not simulated`);
    }
    const made = this.#context.makeVolume('tmpfs', (filesAt) => {
      written.isOpen = true;
      this.#write(written, filesAt(written.atMs));
    });
    const atMs = this.#context.runtime.clock.now();
    const written: Written = { volume: source.name, payload, atMs, isOpen: false, made };
    this.#written = withOneBy(this.#written, written, volumeOf);
    return { made, prefix: '', readOnly: true, growsSubPaths: false };
  }

  #write({ payload, atMs }: Written, files: FileSystem): void {
    writePayload(files, payload, atMs, this.pod.spec.securityContext?.fsGroup);
  }

  /** The files of a volume made of API objects; undefined for other kinds. */
  #payload(source: Volume): Payload | undefined {
    const objects = this.#objects;
    const { facts } = this.#owner;
    const { configMap, secret, downwardAPI, projected } = source;
    if (configMap !== undefined) return configMapFiles(configMap, objects, configMap.defaultMode ?? DEFAULT_MODE);
    if (secret !== undefined) {
      const { secretName, defaultMode, ...rest } = secret;
      return secretFiles({ name: secretName, ...rest }, objects, defaultMode ?? DEFAULT_MODE);
    }
    if (downwardAPI !== undefined)
      return downwardApiFiles(downwardAPI.items ?? [], facts, downwardAPI.defaultMode ?? DEFAULT_MODE);
    return projected === undefined ? undefined : this.#projectedFiles(source.name, projected);
  }

  #projectedFiles(volume: string, { sources = [], defaultMode = DEFAULT_MODE }: ProjectedVolumeSource): Payload {
    const files: Payload = new Map();
    const failures: string[] = [];
    const objects = this.#objects;
    const { facts } = this.#owner;
    for (const { configMap, secret, downwardAPI, serviceAccountToken, ...other } of sources) {
      try {
        let part: Payload = new Map();
        if (configMap !== undefined) part = configMapFiles(configMap, objects, defaultMode);
        else if (secret !== undefined) part = secretFiles(secret, objects, defaultMode);
        else if (downwardAPI !== undefined) part = downwardApiFiles(downwardAPI.items ?? [], facts, defaultMode);
        else if (serviceAccountToken !== undefined) {
          const { path } = serviceAccountToken;
          const token = this.#tokens.get(volume, path);
          if (token !== undefined) part.set(path, tokenFile(token, facts.pod, defaultMode));
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
}

/** A token is for its user alone where all containers run as the same one. */
function tokenFile(token: string, { spec }: Pod, defaultMode: number): PayloadFile {
  const users = new Set(
    [...spec.containers, ...(spec.initContainers ?? [])].map(
      ({ securityContext }) => securityContext?.runAsUser ?? spec.securityContext?.runAsUser,
    ),
  );
  const uid = users.size === 1 ? [...users][0] : undefined;
  const isPrivate = uid !== undefined || spec.securityContext?.fsGroup !== undefined;
  return { data: token, mode: isPrivate ? 0o600 : defaultMode, uid };
}
