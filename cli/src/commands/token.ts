import { existsSync } from 'node:fs';
import { StateFolder } from '@kubarium/cluster';
import { Command } from 'commander';
import { dataDirOption } from '../options.ts';
import { UsageError } from '../usage-error.ts';

/** `kubarium token`: an administrator's bearer token, for curl and the like. */
export const tokenCommand = (): Command =>
  new Command('token')
    .description("print an administrator's bearer token")
    .addOption(dataDirOption())
    .action((options: { dataDir: string }) => {
      const credentials = existsSync(options.dataDir) ? new StateFolder(options.dataDir).readCredentials() : undefined;
      if (credentials === undefined) {
        throw new UsageError(
          `there is no cluster in ${options.dataDir}`,
          'start one with `kubarium up`, or name its folder with --data-dir',
        );
      }
      process.stdout.write(`${credentials.adminToken}\n`);
    });
