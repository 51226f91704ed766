import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HttpTransport, loadKubeconfig } from '@kubarium/shared';
import { UsageError } from './usage-error.ts';

/** A connection to the cluster of a state folder, as its administrator. */
export function connect(dataDir: string): HttpTransport {
  const path = join(dataDir, 'kubeconfig');
  if (!existsSync(path)) {
    throw new UsageError(
      `there is no cluster in ${dataDir}`,
      'start one with `kubarium up`, or name its folder with --data-dir',
    );
  }
  return new HttpTransport(loadKubeconfig(path));
}
