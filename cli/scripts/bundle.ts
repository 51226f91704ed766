import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { rolldown, type Plugin } from 'rolldown';
import { BUNDLE, BUNDLE_INPUTS, isBundleCurrent, ROOT } from '../src/bundle-record.js';
import { bundleScript, exportsOf } from '../src/load-bundle.js';

/**
 * Makes cli/dist/kubarium.cjs: the whole program in one file, which starts in a third of the time of a thousand modules; beside it index.js
 * and vitest.js, the ways into it of those who embed a cluster. Does nothing where the bundle there is that of the present sources. Part
 * of the set-up; run: node cli/scripts/bundle.ts
 *
 * CommonJS, since an ES module that imports `node:http` makes Node load all of its exports, fetch and WebSocket among them.
 *
 * What a bundle changes is put right here: a module's `import.meta.url` stays that of its source, so that it finds its data files,
 * and SQLite, which is machine code, stays a package of its own.
 */
const folder = dirname(BUNDLE);

const fromBundle = (path: string): string => relative(folder, path).replaceAll('\\', '/');

const isSource = (id: string): boolean => id.startsWith(ROOT) && !id.slice(ROOT.length).includes('node_modules');

const placesOfSources: Plugin = {
  name: 'places-of-sources',
  transform(source, id) {
    if (!isSource(id) || !source.includes('import.meta.url')) return undefined;
    // What is loaded when it is first needed comes into the bundle as well, and still is.
    const code = source.replaceAll(/createRequire\(import\.meta\.url\)\(('[^']+')\)/g, 'require($1)');
    const place = `require('node:url').pathToFileURL(require('node:path').join(__dirname, ${JSON.stringify(fromBundle(id))})).href`;
    return { code: code.replaceAll('import.meta.url', place), map: null };
  },
};

const nativePackage: Plugin = {
  name: 'native-package',
  resolveId(source, importer) {
    if (source !== 'better-sqlite3' || importer === undefined) return undefined;
    return { id: fromBundle(createRequire(importer).resolve(source)), external: true };
  },
};

/** V8 keeps a source of plain ASCII in half the memory, and the present one for as long as the program runs. */
const plainAscii: Plugin = {
  name: 'plain-ascii',
  generateBundle(_options, files) {
    for (const file of Object.values(files))
      if (file.type === 'chunk') file.code = file.code.replaceAll(/[^\p{ASCII}]/gv, escaped);
  },
};

const escaped = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');

/** The fixture is a module of its own, for vitest is not there without a test; its cluster is the bundle's. */
const clusterOfBundle: Plugin = {
  name: 'cluster-of-bundle',
  resolveId: (source) => (source.endsWith('/create-cluster.ts') ? { id: './index.js', external: true } : undefined),
};

/** Resolves with what it was made of: paths, and when each was changed last. */
async function bundle(): Promise<Readonly<Record<string, number>>> {
  const building = await rolldown({
    input: { kubarium: join(ROOT, 'cli/src/bundle-entry.ts') },
    platform: 'node',
    plugins: [placesOfSources, nativePackage, plainAscii],
    logLevel: 'warn',
  });
  const { output } = await building.write({
    dir: folder,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    comments: false,
    cleanDir: true,
  });
  await building.close();
  writeFileSync(join(folder, 'index.js'), embeddingModule(Object.keys(exportsOf(bundleScript(undefined)) as object)));
  const fixture = await rolldown({
    input: { vitest: join(ROOT, 'cluster/src/vitest.ts') },
    platform: 'node',
    plugins: [clusterOfBundle],
    external: ['vitest'],
  });
  await fixture.write({ dir: folder, format: 'esm', entryFileNames: '[name].js' });
  await fixture.close();
  const sources = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : [])).filter(isSource);
  // The lock file stands for the libraries.
  const own = ['../src/load-bundle.js', 'train.ts', 'bundle.ts'].map((name) => join(import.meta.dirname, name));
  const inputs = [
    ...sources,
    ...own,
    join(ROOT, 'cluster/src/vitest.ts'),
    join(ROOT, 'kubarium'),
    join(ROOT, 'pnpm-lock.yaml'),
  ];
  return Object.fromEntries(inputs.map((path) => [relative(ROOT, path), statSync(path).mtimeMs]));
}

/** What `import 'kubarium'` loads: an ES module with the names that the bundle exports. */
const embeddingModule = (names: readonly string[]): string => `// Made by cli/scripts/bundle.ts.
import { isBundleCurrent } from '../src/bundle-record.js';
import { loadBundle } from '../src/load-bundle.js';

export const { ${names.filter((name) => name !== 'main').join(', ')} } =
  isBundleCurrent() ? loadBundle() : await import('../../cluster/src/index.ts');
`;

/** The flags that the command gives V8. */
const COMMAND_FLAGS = readFileSync(join(ROOT, 'kubarium'), 'utf8').match(/--[\w-]+=\d+/g) ?? [];

/** Keeps what V8 compiles of the bundle, with the command's flags and for programs that embed a cluster: each set of flags needs its own. */
async function train(): Promise<void> {
  const runs = [COMMAND_FLAGS, []].map(async (flags) => {
    const training = spawn(process.execPath, [...flags, join(import.meta.dirname, 'train.ts')], { stdio: 'inherit' });
    const [code] = (await once(training, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`the training of the bundle ended with ${code}`);
  });
  await Promise.all(runs);
}

if (!isBundleCurrent()) {
  const record = await bundle();
  await train();
  writeFileSync(BUNDLE_INPUTS, JSON.stringify(record));
}
