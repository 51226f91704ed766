import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of the whole workspace, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The bundle of the whole program, a CommonJS module (cli/scripts/bundle.ts makes it). */
export const BUNDLE = `${ROOT}cli/dist/kubarium.cjs`;

/** What the bundle was made of: the files, from the root, and when each was changed last. */
export const BUNDLE_INPUTS = `${ROOT}cli/dist/inputs.json`;

/**
 * True where there is a bundle and it was made of the sources as they are now: the times of all files that went into it are what
 * they were. (A file that is new cannot matter before one of those imports it.)
 */
export function isBundleCurrent() {
  try {
    const inputs = JSON.parse(readFileSync(BUNDLE_INPUTS, 'utf8'));
    return Object.entries(inputs).every(([path, timeMs]) => statSync(ROOT + path).mtimeMs === timeMs);
  } catch {
    return false;
  }
}
