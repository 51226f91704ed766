import { expect, it } from 'vitest';
import { imageTag } from './image-tag.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

it.each([
  ['nginx', 'latest'],
  ['nginx:1.25', '1.25'],
  ['nginx:latest', 'latest'],
  ['localhost:5000/a/b', 'latest'],
  ['localhost:5000/a/b:v2', 'v2'],
  [`nginx@${digest}`, ''],
  [`nginx:1@${digest}`, '1'],
  ['NGINX', ''],
  ['a b', ''],
  ['', ''],
])('finds the tag of %j to be %j', (image, tag) => {
  expect(imageTag(image)).toBe(tag);
});
