import type { Process, Program } from '../../container/process.ts';
import { readResolvConf } from '../../container/resolver-files.ts';
import { complain, write } from '../../container/standard-io.ts';
import { defineImage } from '../define-image.ts';
import { flagsOf } from './flags.ts';
import type { Flags } from './flags.ts';
import { grpcHealthChecking } from './grpc-health-checking.ts';
import { guestbook } from './guestbook.ts';
import { issuerDiscovery } from './issuer-discovery.ts';
import { liveness } from './liveness.ts';
import { LOCALHOST_CERTIFICATE, LOCALHOST_KEY } from './localhost-certificate.ts';
import { logsGenerator } from './logs-generator.ts';
import { mounttest } from './mounttest.ts';
import { netexec } from './netexec.ts';
import { connect } from './connect.ts';
import { nettest } from './nettest.ts';
import { porter } from './porter.ts';
import { serveHostname } from './serve-hostname.ts';
import { testWebserver } from './test-webserver.ts';

export type SubCommand = (process: Process, flags: Flags) => Promise<number>;

/** Upstream's `pause`: SIGTERM and SIGINT end it with 2, as a Go program dies of its own handling. */
const pause: SubCommand = async (process) => {
  const ended = new Promise<number>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.onSignal(signal, () => resolve(2));
  });
  await write(process, 'Paused\nSignals registered\n');
  return ended;
};

const printFile =
  (path: string): SubCommand =>
  async (process) => {
    await write(process, process.files.readFile(path, process));
    return 0;
  };

const SUB_COMMANDS: Readonly<Record<string, SubCommand>> = {
  connect,
  'dns-server-list': async (process) => {
    await write(process, `${readResolvConf(process.files).nameservers.join(',')}\n`);
    return 0;
  },
  'dns-suffix': async (process) => {
    await write(process, `${readResolvConf(process.files).search.join(',')}\n`);
    return 0;
  },
  'entrypoint-tester': async (process) => {
    await write(process, `[${process.argv.join(' ')}]\n`);
    return 0;
  },
  'etc-hosts': printFile('/etc/hosts'),
  'grpc-health-checking': grpcHealthChecking,
  guestbook,
  liveness,
  'logs-generator': logsGenerator,
  mounttest,
  netexec,
  nettest,
  pause,
  porter,
  'serve-hostname': serveHostname,
  'test-service-account-issuer-discovery': issuerDiscovery,
  'test-webserver': testWebserver,
};

/**
 * `agnhost`: the all-purpose program of the Kubernetes tests, by sub-command. Simplified: webhook, crd-conversion-webhook
 * and the client sub-commands are not there: exit code 1, as for an unknown one.
 */
const agnhost: Program = async (process) => {
  const [, name = 'pause', ...args] = process.argv;
  const run = Object.hasOwn(SUB_COMMANDS, name) ? SUB_COMMANDS[name] : undefined;
  if (run === undefined) {
    await complain(process, `Error: unknown command "${name}" for "app"`);
    return 1;
  }
  return run(process, flagsOf(args));
};

export const agnhostImage = defineImage({
  entrypoint: ['/agnhost'],
  command: ['pause'],
  programs: { '/agnhost': agnhost, '/agnhost-2': agnhost },
  files: (files) => {
    files.makeDirectory('/uploads', { mode: 0o777 });
    files.writeFile('/localhost.crt', LOCALHOST_CERTIFICATE);
    files.writeFile('/localhost.key', LOCALHOST_KEY, { mode: 0o644 });
    files.writeFile('/etc/passwd', 'default-user:x:1000:1000::/home:/bin/sh\n', { append: true });
  },
  sizeBytes: 53_000_000,
});

/** nautilus and kitten of upstream's update demo: web servers with one file to tell them apart. */
export const nautilus = defineImage({
  entrypoint: ['/agnhost'],
  command: ['test-webserver'],
  programs: { '/agnhost': agnhost },
  files: (files) => files.writeFile('/data.json', '{\n"image": "nautilus.jpg"\n}\n'),
});

export const nonewprivs = defineImage({
  entrypoint: ['/nnp'],
  programs: {
    '/nnp': async (process) => {
      await write(process, `Effective uid: ${process.uid}\n`);
      return 0;
    },
  },
});
