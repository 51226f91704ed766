import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * Times `kubarium up` to `/readyz`, on a new folder and then on that folder again, and tells the memory and the processor time of
 * the idle process (Linux). Run: node test/bench/start.ts
 */
const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'kubarium-bench-'));
const port = 7518;

const isReady = (): Promise<boolean> =>
  new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/readyz', rejectUnauthorized: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('error', () => resolve(false));
  });

const processorMs = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
};

try {
  for (const start of ['first', 'second', 'third']) {
    const began = performance.now();
    const options = ['up', '--data-dir', folder, '--port', String(port), '--dns-port', '0'];
    const server = spawn(join(root, 'kubarium'), options, { stdio: 'ignore' });
    const pid = server.pid!;
    while (!(await isReady())) await wait(2);
    const readyMs = performance.now() - began;
    const usedMs = processorMs(pid);
    await wait(3000);
    const idleFrom = processorMs(pid);
    await wait(5000);
    const idlePercent = (processorMs(pid) - idleFrom) / 50;
    const rssMb = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
    process.stdout.write(
      `${start} start: ready after ${readyMs.toFixed(0)} ms (${usedMs} ms of processor time), ` +
        `idle ${rssMb.toFixed(0)} MB and ${idlePercent.toFixed(1)} % of a processor\n`,
    );
    server.kill('SIGINT');
    await new Promise((resolve) => server.once('exit', resolve));
  }
} finally {
  rmSync(folder, { recursive: true });
}
