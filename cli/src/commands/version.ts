import { KUBERNETES_VERSION, VERSION } from '@kubarium/cluster';
import { Command } from 'commander';

/** `kubarium version`: this program's version, and the Kubernetes version whose API it serves. */
export const versionCommand = (): Command =>
  new Command('version')
    .description('print the version, and that of the Kubernetes API served')
    .action(() => void process.stdout.write(`kubarium v${VERSION}\nkubernetes ${KUBERNETES_VERSION}\n`));
