import { startCluster } from '@kubarium/cluster';
import { createLogger } from '@kubarium/shared';
import type { LogLevel, SocketAddress } from '@kubarium/shared';
import { Command, Option } from 'commander';
import { interruption } from '../interruption.ts';
import { dataDirOption, dnsServer, duration, ipAddress, wholeNumber } from '../options.ts';
import { banner } from '../output/banner.ts';

interface UpOptions {
  readonly dataDir: string;
  readonly bindAddress: string;
  readonly port: number;
  readonly nodes: number;
  readonly podsPerNode: number;
  readonly zones: number;
  readonly dnsPort: number;
  readonly dnsUpstream?: SocketAddress;
  readonly proxyPort: number;
  readonly proxyNamespace: string;
  readonly clock: 'real' | 'virtual';
  readonly seed?: number;
  readonly keepRevisions?: number;
  readonly keepHistory?: number;
  readonly logLevel: LogLevel;
}

/** `kubarium up`: runs a cluster until it is interrupted. */
export const upCommand = (): Command =>
  new Command('up')
    .description('run a cluster; Ctrl-C ends it, its state stays')
    .addOption(dataDirOption())
    .option(
      '--port <port>',
      'port of the API server; 0 takes a free one, and keeps it for later starts',
      wholeNumber(0, 65_535),
      6443,
    )
    .option(
      '--bind-address <address>',
      'address of the API server; 0.0.0.0 lets other machines in, by any address of this one',
      ipAddress,
      '127.0.0.1',
    )
    .option('--nodes <count>', 'number of simulated nodes', wholeNumber(1, 5000), 2)
    .option('--pods-per-node <count>', 'how many pods a node takes', wholeNumber(1, 16_000), 110)
    .option('--zones <count>', 'spread the nodes over this many zones', wholeNumber(0, 5000), 0)
    .option(
      '--dns-port <port>',
      'port on 127.0.0.1 that answers DNS as the cluster does; 0 takes a free one',
      wholeNumber(0, 65_535),
      10_053,
    )
    .option(
      '--dns-upstream <address>',
      'DNS server (ADDRESS or ADDRESS:PORT) to ask for names outside the cluster; without it they are refused',
      dnsServer,
    )
    .option(
      '--proxy-port <port>',
      'port on 127.0.0.1 of the HTTP proxy into the cluster (curl -x); 0 takes a free one',
      wholeNumber(0, 65_535),
      10_080,
    )
    .option('--proxy-namespace <namespace>', 'whose names and routes the HTTP proxy has', 'default')
    .addOption(
      new Option('--clock <clock>', 'real: the machine’s; virtual: one that `kubarium clock` can pause and advance')
        .choices(['real', 'virtual'])
        .default('real'),
    )
    .option('--seed <number>', 'seed of all simulated chance', wholeNumber(0, 0xffff_ffff))
    .option(
      '--keep-revisions <count>',
      'how many revisions of history are kept for watches (default: 10000); later watchers get 410',
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
    )
    .option('--keep-history <duration>', 'how long history is kept, at most (default: 5m)', duration)
    .addOption(
      new Option('--log-level <level>', 'what to log on stderr')
        .choices(['debug', 'info', 'warn', 'error', 'silent'])
        .default('warn'),
    )
    .action(async (options: UpOptions) => {
      const logger = createLogger(options.logLevel);
      const interrupted = interruption();
      await using cluster = await startCluster({ ...options, keepMs: options.keepHistory, logger });
      process.stdout.write(banner(cluster));
      await interrupted;
      process.stdout.write('\nstopping; the state stays for the next start\n');
    });
