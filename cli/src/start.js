// The way into the program. In JavaScript, and the first thing that runs: so that all TypeScript is stripped of its types and
// compiled once and then comes out of the cache. (A start out of the cache does not even load Node's type stripper.)
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/kubarium', import.meta.url)));
await import('./main.ts');
