const DOMAIN = /^(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9.-]*[a-zA-Z0-9]|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/;
const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;

/**
 * The tag of an image reference: `latest` where it names neither tag nor digest, the empty text where it has only a digest or is
 * no reference at all (github.com/distribution/reference).
 */
export function imageTag(image: string): string {
  const [rest, digest] = split(image, '@', image.indexOf('@'));
  if (digest !== undefined && !DIGEST.test(digest)) return '';
  const colon = rest.lastIndexOf(':');
  const [name, tag] = split(rest, ':', colon > rest.lastIndexOf('/') ? colon : -1);
  if (tag !== undefined && !TAG.test(tag)) return '';
  if (!isName(name)) return '';
  return tag ?? (digest === undefined ? 'latest' : '');
}

function isName(name: string): boolean {
  if (PATH.test(name)) return true;
  const slash = name.indexOf('/');
  return slash > 0 && DOMAIN.test(name.slice(0, slash)) && PATH.test(name.slice(slash + 1));
}

const split = (text: string, separator: string, at: number): [string, string | undefined] =>
  at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
