import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { rolldown, type Plugin } from 'rolldown';
import { BUNDLE, BUNDLE_INPUTS, isBundleCurrent, ROOT } from '../src/bundle-record.js';

/**
 * Makes cli/dist/kubarium.cjs: the whole program in one file, which starts in half the time of a thousand modules. Does nothing where
 * the bundle there is that of the present sources. Part of the set-up; run: node cli/scripts/bundle.ts
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

async function bundle(): Promise<void> {
  const building = await rolldown({
    input: { kubarium: join(ROOT, 'cli/src/main.ts') },
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
  const sources = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : [])).filter(isSource);
  // The lock file stands for the libraries.
  const inputs = [...sources, join(ROOT, 'pnpm-lock.yaml'), import.meta.filename];
  const record = Object.fromEntries(inputs.map((path) => [relative(ROOT, path), statSync(path).mtimeMs]));
  writeFileSync(BUNDLE_INPUTS, JSON.stringify(record));
}

/** A first start, so that what V8 compiles for one is in the cache of the next. By the command itself: each set of V8's flags has a cache of its own. */
async function warmUp(): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'kubarium-setup-'));
  try {
    const ports = ['--port', '0', '--dns-port', '0', '--proxy-port', '0'];
    const start = spawn(join(ROOT, 'kubarium'), ['up', '--data-dir', data, ...ports], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(start, 'exit');
    for await (const line of createInterface(start.stdout)) if (line === 'ready') start.kill('SIGINT');
    await ended;
  } finally {
    rmSync(data, { recursive: true });
  }
}

if (!isBundleCurrent()) {
  await bundle();
  await warmUp();
}
