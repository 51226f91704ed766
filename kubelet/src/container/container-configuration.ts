import type { Container, Pod } from '@kubarium/shared';
import type { StoredImage } from '../image-store.ts';
import type { NodeContext } from '../node-context.ts';
import type { ContainerOptions } from './container.ts';
import { ContainerConfigError } from './container-config-error.ts';
import { environment } from './environment.ts';
import { DEFAULT_PATH } from './executable.ts';
import { expandVariables } from './expansion.ts';
import type { FileSystem } from './file-system.ts';
import { createFileVolume } from './memory-volume.ts';
import { namedObjects } from './named-objects.ts';
import type { PodSandbox } from './pod-sandbox.ts';
import { containerUser } from './security-context.ts';
import { serviceEnvironment } from './service-environment.ts';
import { createStubResolver } from './stub-resolver.ts';
import { terminationMessagePath } from './termination-message.ts';
import type { PodVolumes } from './volumes/pod-volumes.ts';

export interface ConfigurationInput {
  readonly context: NodeContext;
  readonly pod: Pod;
  readonly container: Container;
  readonly stored: StoredImage;
  readonly sandbox: PodSandbox;
  readonly volumes: PodVolumes;
}

export type Configuration = Omit<ContainerOptions, 'streams'>;

/**
 * All that a container is started with: its files with every volume mounted, its variables, its command, its user. Throws
 * ContainerConfigError, with the kubelet's text, where something that it names is not there or not allowed.
 */
export function configureContainer(input: ConfigurationInput): Configuration {
  const { context, pod, container, stored, sandbox } = input;
  const { image } = stored;
  const { namespace = '', name, uid: podUid } = pod.metadata;
  const files = context.makeRootFileSystem(image, {
    runtime: context.runtime,
    readOnly: container.securityContext?.readOnlyRootFilesystem === true,
  });
  const user = containerUser(pod, container, image, files);
  const own = environment({
    container,
    facts: { pod, podIPs: sandbox.addresses, hostIP: context.nodeAddress, allocatable: context.allocatable },
    objects: namedObjects(context, namespace),
    serviceVariables: serviceEnvironment(
      pod.spec.enableServiceLinks === false ? [] : context.services.byIndex('namespace', namespace),
      context.services.get('default/kubernetes'),
      pod.spec.enableServiceLinks !== false,
    ),
  });
  const env: Record<string, string> = {
    PATH: DEFAULT_PATH,
    HOSTNAME: sandbox.hostname,
    ...(container.tty === true ? { TERM: 'xterm' } : {}),
    ...image.env,
    ...own,
  };
  mount(input, files, env);
  const lookup = (variable: string): string | undefined => own[variable];
  const command = container.command?.map((word) => expandVariables(word, lookup));
  const args = container.args?.map((word) => expandVariables(word, lookup));
  return {
    image,
    argv: [...(command ?? image.entrypoint), ...(args ?? (command === undefined ? image.command : []))],
    env: { PATH: DEFAULT_PATH, HOME: user.uid === 0 ? '/root' : '/', ...env },
    workingDirectory: container.workingDir ?? (image.workingDirectory || '/'),
    ...user,
    files,
    network: sandbox.network,
    makeResolver: createStubResolver,
    runtime: context.runtime,
    traces: context.traces,
    pod: {
      namespace,
      name,
      uid: podUid,
      ip: sandbox.addresses[0] ?? '',
      node: context.nodeName,
      container: container.name,
      image: container.image ?? '',
      hostname: sandbox.hostname,
      ports: (container.ports ?? []).map((port) => ({
        name: port.name,
        containerPort: port.containerPort,
        protocol: port.protocol ?? 'TCP',
      })),
    },
  };
}

function mount(
  { context, container, sandbox, volumes }: ConfigurationInput,
  files: FileSystem,
  env: Readonly<Record<string, string>>,
): void {
  const mounts = container.volumeMounts ?? [];
  sandbox.mountFiles(files, new Set(mounts.map(({ mountPath }) => mountPath)));
  // A mount hides what is below its path, so what lies deeper comes later.
  const inOrder = mounts.toSorted((a, b) => depth(a.mountPath) - depth(b.mountPath));
  for (const { name, mountPath, readOnly, subPath = '', subPathExpr = '' } of inOrder) {
    const volume = volumes.get(name);
    if (volume === undefined)
      throw new ContainerConfigError(`cannot find volume "${name}" to mount into container "${container.name}"`);
    const below = subPathExpr === '' ? subPath : expandSubPath(subPathExpr, env);
    checkSubPath(below);
    const { files: inVolume } = volume.made;
    if (below !== '' && !inVolume.exists(`/${join(volume.prefix, below)}`)) {
      if (!volume.growsSubPaths)
        throw new ContainerConfigError(
          `failed to prepare subPath for volumeMount "${name}" of container "${container.name}"`,
        );
      inVolume.makeDirectory(`/${join(volume.prefix, below)}`, { recursive: true, mode: 0o755 });
    }
    // What is mounted by subPath is the file as it is now: later updates of the volume do not reach it.
    const place = below === '' ? volume.prefix : inVolume.realPath(`/${join(volume.prefix, below)}`).slice(1);
    files.mount(mountPath, volume.made.volume, {
      readOnly: readOnly === true || volume.readOnly,
      ...(place === '' ? {} : { subPath: place }),
    });
  }
  const path = terminationMessagePath(container);
  if (path !== '') files.mount(path, createFileVolume('ext4', context.runtime, 0o666));
}

function expandSubPath(text: string, env: Readonly<Record<string, string>>): string {
  let missing: string | undefined;
  const path = expandVariables(text, (name) => {
    if (!(name in env)) missing ??= name;
    return env[name];
  });
  if (missing !== undefined) throw new ContainerConfigError(`missing value for "${missing}"`);
  return path;
}

/** What variables make of a path can lead elsewhere, unlike what the API server let pass. */
function checkSubPath(path: string): void {
  if (path.startsWith('/')) {
    throw new ContainerConfigError(`error SubPath \`${path}\` must not be an absolute path`);
  }
  if (path.split('/').includes('..')) {
    throw new ContainerConfigError(`unable to provision SubPath \`${path}\`: must not contain '..'`);
  }
}

const join = (prefix: string, below: string): string => (prefix === '' ? below : `${prefix}/${below}`);
const depth = (path: string): number => path.split('/').filter((part) => part !== '').length;
