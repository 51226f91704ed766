import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

test('npm start ends in good order where npm alone is told to, as a script does, and leaves nothing behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubarium-npm-'));
  const options = ['--data-dir', folder, '--port', '0', '--dns-port', '0', '--proxy-port', '0'];
  // As from a shell: under `npm test`, `node` is a script of the workspace, which would be told in npm's place.
  const PATH = process.env['PATH']!.split(':').filter((folder) => !folder.includes('node_modules'));
  // Without the set-up that goes before it: this test has it behind itself.
  const npm = spawn('npm', ['run', '--silent', '--ignore-scripts', 'start', '--', ...options], {
    cwd: ROOT,
    detached: true,
    env: { ...process.env, PATH: PATH.join(':') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    let output = '';
    const exit = new Promise((resolve) => npm.once('exit', (code, signal) => resolve(code ?? signal)));
    npm.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    await expect.poll(() => output).toMatch(/^ready$/m);
    const port = Number(readFileSync(join(folder, 'port'), 'utf8'));
    expect(await isOpen(port)).toBe(true);
    npm.kill('SIGTERM');
    expect(await exit).toBe(0);
    expect(await isOpen(port)).toBe(false);
    expect(output).toContain('stopping; the state stays for the next start');
  } finally {
    try {
      process.kill(-npm.pid!, 'SIGKILL');
    } catch {
      // Nobody is left, as it should be.
    }
    rmSync(folder, { recursive: true });
  }
});
