import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ApiConnection } from '../support/api-connection.ts';
import { KubariumProcess } from '../support/kubarium-process.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const map = (name: string, size = 10) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { filler: 'x'.repeat(size) },
});

/** Mounting needs rights that not every machine gives; the storage's own tests stand in there (`maxBytes`). */
const mayMount = ((): boolean => {
  const folder = mkdtempSync(join(tmpdir(), 'kubarium-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
})();

describe.skipIf(!mayMount)('a state folder on a small disk', { timeout: 120_000 }, () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubarium-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', folder]);
  });
  afterEach(() => {
    execFileSync('umount', [folder]);
    rmSync(folder, { recursive: true });
  });

  test('that is full: writes fail with InternalError, reads go on, and writes resume when there is room', async () => {
    await using cluster = new KubariumProcess(join(folder, 'state'));
    await cluster.up();
    using api = ApiConnection.to(cluster);
    await api.json('POST', MAPS, map('before'));
    fill(folder);
    let refused = await api.sendJson('POST', MAPS, map('big', 200_000));
    for (let i = 0; refused.status === 201 && i < 50; i++)
      refused = await api.sendJson('POST', MAPS, map(`big-${i}`, 200_000));
    expect(JSON.parse(refused.text)).toMatchObject({ kind: 'Status', code: 500, reason: 'InternalError' });
    expect(refused.text).toContain('the store cannot be written');
    expect((await api.send('GET', `${MAPS}/before`)).status).toBe(200);
    rmSync(join(folder, 'filler'));
    expect((await api.sendJson('POST', MAPS, map('after'))).status).toBe(201);

    await cluster.stop('SIGKILL');
    await cluster.up();
    using again = ApiConnection.to(cluster);
    expect((await again.send('GET', `${MAPS}/before`)).status).toBe(200);
    expect((await again.send('GET', `${MAPS}/after`)).status).toBe(200);
    expect(cluster.output).not.toMatch(/unhandled|uncaught|by a bug/i);
  });

  test('that is read-only: says so, says what to do, exits with 2', async () => {
    await using cluster = new KubariumProcess(join(folder, 'state'));
    await cluster.up();
    expect(await cluster.stop()).toBe(0);
    execFileSync('mount', ['-o', 'remount,ro', folder]);
    await expect(cluster.up()).rejects.toThrow(/ended with 2/);
    expect(cluster.output).toMatch(/error: .*state/);
    expect(cluster.output).toContain('--data-dir');
  });
});

/** Takes the room that is left, but for the last few kilobytes. */
function fill(folder: string): void {
  const path = join(folder, 'filler');
  for (const size of [65_536, 4096]) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // Full.
    }
  }
}

describe('a state folder', { timeout: 120_000 }, () => {
  test('that another process uses, or whose database is damaged or newer, is refused with 2 and left as it is', async () => {
    await using first = new KubariumProcess();
    await first.up();
    await using second = new KubariumProcess(first.dataDir);
    await expect(second.up()).rejects.toThrow(/ended with 2[^]*in use by another process/);
    expect(await first.stop()).toBe(0);

    const path = join(first.dataDir, 'kubarium.db');
    const sound = readFileSync(path);
    const rows: [number, number, RegExp][] = [
      [60, 99, /newer version/],
      [0, 0, /not an SQLite database/],
    ];
    for (const [offset, value, message] of rows) {
      const damaged = Buffer.from(sound);
      damaged.writeUInt32BE(value, offset);
      writeFileSync(path, damaged);
      await expect(second.up()).rejects.toThrow(message);
      expect(second.output).toMatch(/ {7}\S/);
      expect(readFileSync(path).equals(damaged)).toBe(true);
    }
    writeFileSync(path, sound);
    await second.up();
  });
});

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  test('ends a busy cluster with 0 within two seconds, whatever its clients do', { timeout: 60_000 }, async () => {
    await using cluster = new KubariumProcess();
    await cluster.up();
    using api = ApiConnection.to(cluster);
    const silent = await api.open('GET', `${MAPS}?watch=true`);
    silent.on('error', () => undefined).pause();
    const watches = Array.from({ length: 5 }, () => api.watch('/api/v1/pods?watch=true', () => undefined));
    const writes = Array.from({ length: 30 }, (_, i) =>
      api.sendJson('POST', MAPS, map(`w-${i}`, 300_000)).catch(() => undefined),
    );
    await Promise.all(writes.slice(0, 20));
    const began = performance.now();
    expect(await cluster.stop(signal)).toBe(0);
    expect(performance.now() - began).toBeLessThan(2_000);
    await Promise.all([...writes, ...watches.map(({ ended }) => ended)]);
    silent.destroy();
  });
});
