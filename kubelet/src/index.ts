export type {
  Container,
  ContainerExit,
  ContainerOptions,
  MakeRootFileSystem,
  StartContainer,
} from './container/container.ts';
export type { Credentials, Directory, FileStat, FileSystem, Volume } from './container/file-system.ts';
export { FileSystemError } from './container/file-system.ts';
export { MemoryFileSystem } from './container/memory-file-system.ts';
export { createVolume, openVolume } from './container/memory-volume.ts';
export type {
  ChildProcess,
  PodFacts,
  Process,
  Program,
  SignalName,
  SpawnOptions,
  Terminal,
} from './container/process.ts';
export { SpawnError } from './container/process.ts';
export { readBody, serveHttp, type HttpServerOptions } from './container/http-server.ts';
export type { MakeResolver, Resolution, Resolver, ResolverOptions } from './container/resolver.ts';
export { makeRootFileSystem } from './container/root-file-system.ts';
export { startContainer } from './container/start-container.ts';
export { createStubResolver } from './container/stub-resolver.ts';
export { defineImage } from './images/define-image.ts';
export type { Image, ImageRegistry } from './images/image.ts';
export { ImagePullError } from './images/image.ts';
export { parseImageReference } from './images/image-reference.ts';
export { createImageRegistry } from './images/image-registry.ts';
export { Kubelet, type KubeletOptions } from './kubelet.ts';
export type { PullDelay } from './image-store.ts';
export type { ClusterDns } from './container/resolv-conf.ts';
