/** An image reference in its parts, after the grammar of the distribution project. */
export interface ImageReference {
  /** `docker.io/library/nginx`: with registry and library filled in. */
  readonly repository: string;
  /** The last part of the repository: `nginx`. */
  readonly name: string;
  readonly tag: string;
  readonly digest: string | undefined;
}

const REFERENCE =
  /^((?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::\d+)?\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)(?::([\w][\w.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$/;

/** Undefined where the text is no reference (`InvalidImageName`). */
export function parseImageReference(text: string): ImageReference | undefined {
  const found = REFERENCE.exec(text);
  if (found === null || text.length > 4096) return undefined;
  const path = found[1]!;
  const [first, ...rest] = path.split('/');
  const hasRegistry =
    rest.length > 0 && (/[.:]/.test(first!) || first === 'localhost' || first !== first!.toLowerCase());
  const repository = hasRegistry ? path : rest.length === 0 ? `docker.io/library/${path}` : `docker.io/${path}`;
  return { repository, name: repository.split('/').at(-1)!, tag: found[2] ?? 'latest', digest: found[3] };
}
