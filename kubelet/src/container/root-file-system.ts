import type { Runtime } from '@kubarium/shared';
import { standardPrograms } from '../shell/programs/index.ts';
import type { Image } from '../images/image.ts';
import type { MakeRootFileSystem } from './container.ts';
import { binary } from './executable.ts';
import type { Device, DirectoryNode } from './inode.ts';
import { makeDirectoryNode, makeFileNode } from './inode.ts';
import { MemoryFileSystem, type MemoryFileSystemOptions } from './memory-file-system.ts';

/** When images were built, the same in every run: the beginning of 2026. */
const IMAGE_TIME = 1_767_225_600_000;
const imageClock = { now: () => IMAGE_TIME };

const roots = new WeakMap<Image, DirectoryNode>();
let base: DirectoryNode | undefined;

/** The file system of a container: the image's tree, laid down at the image's first use and shared by all its containers. */
export const makeRootFileSystem: MakeRootFileSystem = (image, { runtime, readOnly }) => {
  let root = roots.get(image);
  if (root === undefined) roots.set(image, (root = imageRoot(image, runtime)));
  return new MemoryFileSystem(root, { runtime, readOnly });
};

function imageRoot(image: Image, runtime: Runtime): DirectoryNode {
  const options = { runtime: { clock: imageClock, random: runtime.random } };
  base ??= baseRoot(options);
  const files = new MemoryFileSystem(base, options);
  for (const path of Object.keys(image.programs)) {
    files.makeDirectory(path.replace(/\/[^/]*$/, '') || '/', { recursive: true });
    files.writeFile(path, binary(path), { mode: 0o755 });
  }
  image.files?.(files);
  return files.share();
}

const DIRECTORIES: Readonly<Record<string, number>> = {
  '/bin': 0o755,
  '/dev': 0o755,
  '/etc': 0o755,
  '/home': 0o755,
  '/lib': 0o755,
  '/mnt': 0o755,
  '/opt': 0o755,
  '/proc': 0o555,
  '/root': 0o700,
  '/run': 0o755,
  '/sbin': 0o755,
  '/sys': 0o555,
  '/tmp': 0o1777,
  '/usr': 0o755,
  '/usr/bin': 0o755,
  '/usr/local': 0o755,
  '/usr/local/bin': 0o755,
  '/usr/local/sbin': 0o755,
  '/usr/sbin': 0o755,
  '/usr/share': 0o755,
  '/var': 0o755,
  '/var/log': 0o755,
  '/var/run': 0o755,
  '/var/tmp': 0o1777,
};

/** Where every container has files of its pod mounted: with these in the image, no container needs directories of its own for them. */
const MOUNT_POINTS = ['/etc/hosts', '/etc/hostname', '/etc/resolv.conf', '/dev/termination-log'];

const DEVICES: readonly Device[] = ['null', 'zero', 'full', 'random', 'stdin', 'stdout', 'stderr', 'tty'];

/** What is in every image: the usual directories, devices and users, the shell and the programs. */
function baseRoot(options: MemoryFileSystemOptions): DirectoryNode {
  const files = new MemoryFileSystem(makeDirectoryNode(IMAGE_TIME), options);
  for (const [path, mode] of Object.entries(DIRECTORIES)) files.makeDirectory(path, { mode });
  for (const name of standardPrograms.keys()) files.writeFile(`/bin/${name}`, binary(name), { mode: 0o755 });
  for (const name of ['env', 'bash', 'curl', 'dig', 'awk']) files.symlink(`/bin/${name}`, `/usr/bin/${name}`);
  files.writeFile('/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n');
  files.writeFile('/etc/group', 'root:x:0:\nnogroup:x:65534:\n');
  files.writeFile('/etc/os-release', 'NAME="Kubarium"\nID=kubarium\nPRETTY_NAME="Kubarium simulated image"\n');
  for (const path of MOUNT_POINTS) files.writeFile(path, '');
  const root = files.share();
  const devices = root.entries.get('dev') as DirectoryNode;
  for (const device of DEVICES)
    devices.entries.set(device, { ...makeFileNode(IMAGE_TIME, 0o666), device, shared: true });
  devices.entries.set('urandom', { ...makeFileNode(IMAGE_TIME, 0o666), device: 'random', shared: true });
  return root;
}
