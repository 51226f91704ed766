import { sleep } from '@kubarium/shared';
import { write } from '../../container/standard-io.ts';
import { timeParts } from '../../container/time-parts.ts';
import type { SubCommand } from './agnhost.ts';

const VERBS = ['GET', 'PUT', 'POST'];
const RESOURCES = ['pods', 'services', 'configmaps'];

/** `logs-generator --log-lines-total N --run-duration D`: lines as the API server's access log has them. */
export const logsGenerator: SubCommand = async (process, flags) => {
  const total = flags.number('log-lines-total', 0);
  const delayMs = flags.duration('run-duration', 0) / Math.max(1, total);
  const { random, clock } = process.runtime;
  for (let i = 0; i < total; i++) {
    const { month, day, hour, minute, second } = timeParts(clock.now());
    const verb = VERBS[random.integer(VERBS.length)]!;
    const resource = RESOURCES[random.integer(RESOURCES.length)]!;
    const namespace = ['kube-system', 'default', 'ns'][random.integer(3)]!;
    await write(
      process,
      `I${month}${day} ${hour}:${minute}:${second}.000000       ${process.pid} logs_generator.go:76] ${i} ${verb} /api/v1/namespaces/${namespace}/${resource}/${random.suffix(4)} ${200 + random.integer(300)}\n`,
      process.stderr,
    );
    await sleep(clock, delayMs, process.killed);
  }
  return 0;
};
