import { expect, it } from 'vitest';
import { canonicalImage, imageId, invalidImageName } from './image-name.ts';
import { parseImageReference } from './images/image-reference.ts';

it.each([
  ['nginx', 'docker.io/library/nginx:latest'],
  ['org/app:1', 'docker.io/org/app:1'],
  ['registry.k8s.io/pause:3.10', 'registry.k8s.io/pause:3.10'],
  [`a@sha256:${'0'.repeat(64)}`, `docker.io/library/a@sha256:${'0'.repeat(64)}`],
])('%s is shown as %s', (text, shown) => expect(canonicalImage(parseImageReference(text)!)).toBe(shown));

it('gives an image the same digest in every run', () => {
  expect(imageId(parseImageReference('nginx')!)).toMatch(/^docker.io\/library\/nginx@sha256:[0-9a-f]{64}$/);
  expect(imageId(parseImageReference('nginx')!)).toBe(imageId(parseImageReference('nginx:latest')!));
});

it.each([
  ['Nginx', 'invalid reference format: repository name (library/Nginx) must be lowercase'],
  ['a b', 'invalid reference format'],
])('says why %s is no image', (text, why) =>
  expect(invalidImageName(text)).toBe(
    `Failed to apply default image tag "${text}": couldn't parse image name "${text}": ${why}`,
  ),
);
