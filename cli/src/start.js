// The way into the command. In JavaScript, and the first thing that runs: so that a start of the bundle does not even load Node's type
// stripper.
import { isBundleCurrent } from './bundle-record.js';
import { loadBundle } from './load-bundle.js';

const { main } = isBundleCurrent() ? loadBundle() : await import('./main.ts');
main();
