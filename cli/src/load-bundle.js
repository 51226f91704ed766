import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { cachedDataVersionTag } from 'node:v8';
import { constants, Script } from 'node:vm';
import { BUNDLE } from './bundle-record.js';

/**
 * Where what V8 has compiled of the bundle is kept, for this V8 with the flags that it has: another one could not use it. Node's own compile
 * cache holds no more than what is compiled at the load of a module; this has all functions that a first use needs (cli/scripts/train.ts).
 */
export const compiledBundle = () => `${BUNDLE}.${cachedDataVersionTag()}.cache`;

/** The bundle, compiled as far as is known; undefined `compiled` compiles it anew. */
export function bundleScript(compiled) {
  // A module that is not CommonJS's own: `require` and the others are handed in. The bundle is plain ASCII.
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(BUNDLE, 'latin1')}\n})`;
  return new Script(source, {
    filename: BUNDLE,
    cachedData: compiled,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
}

/** Runs the bundle; what it exports. */
export function exportsOf(script) {
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(BUNDLE), module, BUNDLE, dirname(BUNDLE));
  return module.exports;
}

/** What the bundle exports: all that cluster/src/index.ts does, and `main` of the command. */
export function loadBundle() {
  let compiled;
  try {
    compiled = readFileSync(compiledBundle());
  } catch {
    // Another Node or other flags than those of the set-up.
  }
  return exportsOf(bundleScript(compiled));
}
