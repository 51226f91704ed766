import { seededRandom, silentLogger, VirtualClock } from '@kubarium/shared';
import { expect, test } from 'vitest';
import { copyNode, makeDirectoryNode, UnopenedFile } from './inode.ts';
import { MemoryFileSystem } from './memory-file-system.ts';
import { createVolume, openVolume } from './memory-volume.ts';

const runtime = { clock: new VirtualClock(), random: seededRandom(1), logger: silentLogger };
const empty = (): MemoryFileSystem => new MemoryFileSystem(makeDirectoryNode(0), { runtime });
const user = { uid: 1000, gid: 1000, groups: [2000] };

test('containers share an image and copy what they change', () => {
  const image = empty();
  image.makeDirectory('/a/b', { recursive: true });
  image.writeFile('/a/b/f', 'image');
  const layer = image.share();
  const [one, two] = [new MemoryFileSystem(layer, { runtime }), new MemoryFileSystem(layer, { runtime })];
  one.writeFile('/a/b/f', ' one', { append: true });
  one.remove('/a/b/f');
  one.writeFile('/a/b/f', 'one');
  two.chmod('/a/b/f', 0o600);
  expect([one, two].map((files) => files.readFile('/a/b/f').toString())).toEqual(['one', 'image']);
  expect([one, two].map((files) => files.stat('/a/b/f').mode)).toEqual([0o644, 0o600]);
  expect(new MemoryFileSystem(layer, { runtime }).stat('/a/b/f').mode).toBe(0o644);
});

test.each([
  ['/nope', 'ENOENT'],
  ['/f/x', 'ENOTDIR'],
  ['/loop', 'ELOOP'],
  ['/d', 'EISDIR'],
])('reading %s fails with %s', (path, code) => {
  const files = empty();
  files.writeFile('/f', '');
  files.makeDirectory('/d');
  files.symlink('/loop', '/loop');
  expect(() => files.readFile(path)).toThrow(expect.objectContaining({ code }));
});

test('symlinks and .. lead where Linux leads', () => {
  const files = empty();
  files.makeDirectory('/a/b', { recursive: true });
  files.writeFile('/a/f', 'x');
  files.symlink('../a/b', '/a/link');
  expect(files.realPath('/a/link/../f')).toBe('/a/f');
  expect(files.realPath('/../../a/./b')).toBe('/a/b');
  expect(files.stat('/a/link', { noFollow: true }).type).toBe('symlink');
});

test('permissions decide for others than root', () => {
  const files = empty();
  files.makeDirectory('/private', { mode: 0o700 });
  files.writeFile('/private/f', '');
  files.writeFile('/shared', 'x', { mode: 0o640 });
  files.chown('/shared', 0, 2000);
  expect(() => files.readFile('/private/f', user)).toThrow('Permission denied');
  expect(files.readFile('/shared', user).toString()).toBe('x');
  expect(() => files.writeFile('/shared', 'y', { as: user })).toThrow('Permission denied');
  expect(() => files.writeFile('/new', 'y', { as: user })).toThrow('Permission denied');
});

test('a volume is the same in every container that mounts it', () => {
  const volume = createVolume('tmpfs', runtime, 0o777);
  const [one, two] = [empty(), empty()];
  one.mount('/data', volume);
  two.mount('/in/here', volume, { readOnly: true, subPath: 'sub' });
  one.writeFile('/data/sub/f', 'shared');
  expect(two.readFile('/in/here/f').toString()).toBe('shared');
  expect(() => two.writeFile('/in/here/f', '')).toThrow('Read-only file system');
  expect(openVolume(volume, runtime).readDirectory('/')).toEqual(['sub']);
  expect(() => one.rename('/data/sub', '/sub')).toThrow('Invalid cross-device link');
});

test('a read-only root takes mounts but no writes', () => {
  const files = new MemoryFileSystem(empty().share(), { runtime, readOnly: true });
  files.mount('/data', createVolume('ext4', runtime));
  files.writeFile('/data/f', 'x');
  expect(() => files.writeFile('/f', 'x')).toThrow('Read-only file system: /f');
});

test('what one container writes beside a mount, no other container of the image sees', () => {
  const image = empty();
  image.symlink('/run', '/var');
  image.makeDirectory('/run');
  const layer = image.share();
  const later = { ...runtime, clock: { now: () => 5000 } };
  const containers = [1, 2, 3].map(() => new MemoryFileSystem(layer, { runtime: later }));
  for (const files of containers) files.mount('/var/secrets/token', createVolume('tmpfs', runtime));
  const [one, two] = containers as [MemoryFileSystem, MemoryFileSystem];
  one.writeFile('/run/secrets/mine', 'x');
  one.writeFile('/var/secrets/token/f', 'x');
  expect(one.mounts().map(({ path }) => path)).toEqual(['/', '/run/secrets/token']);
  expect(two.readDirectory('/run/secrets')).toEqual(['token']);
  expect(two.readDirectory('/run/secrets/token')).toEqual([]);
  expect(two.stat('/run/secrets').modifiedMs).toBe(two.stat('/').modifiedMs);
  expect(one.stat('/run/secrets').modifiedMs).toBe(5000);
  expect(new MemoryFileSystem(layer, { runtime }).exists('/run/secrets')).toBe(false);
});

test('a place for a mount below another mount is made in that one', () => {
  const files = new MemoryFileSystem(empty().share(), { runtime });
  const outer = createVolume('tmpfs', runtime);
  files.mount('/data', outer);
  files.mount('/data/a/inner', createVolume('tmpfs', runtime));
  files.writeFile('/data/a/inner/f', 'x');
  expect(openVolume(outer, runtime).readDirectory('/a/inner')).toEqual([]);
});

test('watchers hear of changes through another mount', () => {
  const volume = createVolume('tmpfs', runtime);
  const [one, two] = [empty(), empty()];
  one.mount('/a', volume);
  two.mount('/b', volume);
  let heard = 0;
  using watcher = two.watch('/b/f', () => heard++);
  void watcher;
  one.writeFile('/a/other', '');
  one.writeFile('/a/f', 'x');
  expect(heard).toBe(1);
});

test('writes an unopened file at the first look, and then it is a file as any other', () => {
  let written = 0;
  const hosts = new UnopenedFile(0, 'web-1', (name) => `${++written} ${name}\n`);
  const containers = [empty(), empty()];
  for (const files of containers) files.mount('/etc/hosts', { type: 'ext4', root: hosts });
  expect(written).toBe(0);
  expect(copyNode(new UnopenedFile(0, 'web', (name) => `${name}\n`))).toMatchObject({ data: 'web\n', size: 4 });
  expect(containers[0]!.stat('/etc/hosts')).toMatchObject({ type: 'file', size: 8, mode: 0o644 });
  containers[0]!.writeFile('/etc/hosts', 'more\n', { append: true });
  expect(containers[1]!.readFile('/etc/hosts').toString()).toBe('1 web-1\nmore\n');
  containers[1]!.writeFile('/etc/hosts', 'new');
  expect(containers[0]!.readFile('/etc/hosts').toString()).toBe('new');
  expect(written).toBe(1);
});

test('thousands of mounts are each where they should be, on a read-only root and below each other', () => {
  const files = new MemoryFileSystem(empty().share(), { runtime, readOnly: true });
  const paths = Array.from({ length: 5000 }, (_, i) => (i % 10 === 9 ? `/m/${i - 1}/below` : `/m/${i}`));
  for (const path of paths) files.mount(path, createVolume('tmpfs', runtime));
  for (const path of paths) files.writeFile(`${path}/f`, path);
  expect(paths.filter((path) => files.readFile(`${path}/f`).toString() !== path)).toEqual([]);
  expect(files.mounts().map(({ path }) => path)).toEqual(['/', ...paths]);
  expect(() => files.writeFile('/m/f', '')).toThrow('Read-only file system');
});
