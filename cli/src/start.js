// The way into the program. In JavaScript, and the first thing that runs: so that what V8 compiles once comes out of the cache at the
// next start, and that a start of the bundle does not even load Node's type stripper.
import { createRequire, enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { BUNDLE, isBundleCurrent } from './bundle-record.js';

enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/kubarium', import.meta.url)));
if (isBundleCurrent()) createRequire(import.meta.url)(BUNDLE);
else await import('./main.ts');
