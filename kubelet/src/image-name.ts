import { createHash } from 'node:crypto';
import { type ImageReference, parseImageReference } from './images/image-reference.ts';

/** Why a text is no image reference, in the words of the kubelet. */
export function invalidImageName(text: string): string {
  const name = text.split(/[:@]/)[0]!;
  const why =
    name !== name.toLowerCase() && parseImageReference(name.toLowerCase()) !== undefined
      ? `invalid reference format: repository name (${name.includes('/') ? name : `library/${name}`}) must be lowercase`
      : 'invalid reference format';
  return `Failed to apply default image tag "${text}": couldn't parse image name "${text}": ${why}`;
}

/** The reference as a container status shows it: host, repository and tag. */
export const canonicalImage = ({ repository, tag, digest }: ImageReference): string =>
  digest === undefined ? `${repository}:${tag}` : `${repository}@${digest}`;

/** The reference by digest, as a container status's `imageID`. An image of the simulator has its digest made of its name. */
export const imageId = (reference: ImageReference): string =>
  `${reference.repository}@${
    reference.digest ?? `sha256:${createHash('sha256').update(canonicalImage(reference)).digest('hex')}`
  }`;
