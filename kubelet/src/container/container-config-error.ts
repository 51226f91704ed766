/** Something that a container's configuration needs and that is not there, or cannot be: it waits with CreateContainerConfigError. */
export class ContainerConfigError extends Error {
  override readonly name = 'ContainerConfigError';
}
