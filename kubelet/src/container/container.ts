import type { NetworkNamespace, Runtime, TraceKeeper } from '@kubarium/shared';
import type { Image } from '../images/image.ts';
import type { FileSystem } from './file-system.ts';
import type { ChildProcess, PodFacts, SignalName, SpawnOptions, StandardStreams } from './process.ts';
import type { MakeResolver } from './resolver.ts';

/** All that a container is made of; the kubelet puts it together. */
export interface ContainerOptions {
  readonly image: Image;
  /** The container's `command` and `args` already laid over the image's entrypoint and command. */
  readonly argv: readonly string[];
  /** All variables, with PATH and HOME. */
  readonly env: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly files: FileSystem;
  readonly network: NetworkNamespace;
  /** Called when a program first looks a name up. */
  readonly makeResolver: MakeResolver;
  readonly runtime: Runtime;
  readonly traces?: TraceKeeper | undefined;
  readonly pod: PodFacts;
  /** Those of the first process. With a terminal (`tty: true`) stdin is its keyboard, stdout its screen. */
  readonly streams: StandardStreams;
}

export interface ContainerExit {
  /** 128 + n where signal n ended it. */
  readonly exitCode: number;
  readonly signal?: SignalName | undefined;
}

/** A running container: a tree of processes that ends with its first one. */
export interface Container {
  /** Resolves once when the first process ended and all others were killed. Never rejects. */
  readonly exit: Promise<ContainerExit>;
  /** Sends a signal to the first process; a process without a handler dies of it (SIGWINCH excepted). */
  kill(signal: SignalName): void;
  /** Runs a further process; rejects with SpawnError. */
  exec(argv: readonly string[], options: SpawnOptions): Promise<ChildProcess>;
}

/** Starts a container; rejects with SpawnError where its program cannot be found (`StartError`, exit code 128). */
export type StartContainer = (options: ContainerOptions) => Promise<Container>;

/** Makes the file system of a container: the image's files below, nothing mounted yet. */
export type MakeRootFileSystem = (
  image: Image,
  options: { readonly runtime: Runtime; readonly readOnly: boolean },
) => FileSystem;
