import { expect, test } from 'vitest';
import { ImagePullError } from './image.ts';
import { parseImageReference } from './image-reference.ts';
import { createImageRegistry } from './image-registry.ts';
import { defaultAppImage } from './default-app.ts';
import { pause } from './pause.ts';

test.each([
  ['nginx', 'docker.io/library/nginx', 'latest'],
  ['nginx:1.27', 'docker.io/library/nginx', '1.27'],
  ['registry.k8s.io/e2e-test-images/agnhost:2.59', 'registry.k8s.io/e2e-test-images/agnhost', '2.59'],
  ['localhost:5000/a/b', 'localhost:5000/a/b', 'latest'],
  ['user/app:v1', 'docker.io/user/app', 'v1'],
])('%s is %s with tag %s', (text, repository, tag) => {
  expect(parseImageReference(text)).toMatchObject({ repository, tag });
});

test.each(['', 'UPPER', 'a b', 'nginx:', 'nginx:bad tag', '/nginx', 'a//b'])('%j is no reference', (text) => {
  expect(parseImageReference(text)).toBeUndefined();
  expect(() => createImageRegistry().resolve(text)).toThrow(/couldn't parse image name/);
});

test.each(['foo:non-existent', 'webserver:404', 'gcr.io/google_samples/gb-redisslave:nonexistent'])(
  '%s cannot be had',
  (text) => {
    expect(() => createImageRegistry().resolve(text)).toThrow(ImagePullError);
  },
);

test('unknown names are the default app, known ones themselves', () => {
  expect(createImageRegistry().resolve('my-backend-app')).toBe(defaultAppImage);
  expect(createImageRegistry().resolve('registry.k8s.io/pause:3.10')).toBe(pause);
});
