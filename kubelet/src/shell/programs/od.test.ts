import { expect, test } from 'vitest';
import { settle, testContainer } from '../../testing/test-container.ts';

const BYTES = Buffer.concat([Buffer.from('hello world, this is od\n'), Buffer.from([0, 1, 255])]).toString('base64');

// As coreutils 9.1 prints them.
test.each([
  [
    '',
    '0000000 062550 066154 020157 067567 066162 026144 072040 064550\n0000020 020163 071551 067440 005144 000400 000377\n0000033\n',
  ],
  [
    '-c',
    '0000000   h   e   l   l   o       w   o   r   l   d   ,       t   h   i\n0000020   s       i   s       o   d  \\n  \\0 001 377\n0000033\n',
  ],
  ['-An -t x1', ' 68 65 6c 6c 6f 20 77 6f 72 6c 64 2c 20 74 68 69\n 73 20 69 73 20 6f 64 0a 00 01 ff\n'],
  ['-t x4 -A x', '000000 6c6c6568 6f77206f 2c646c72 69687420\n000010 73692073 0a646f20 00ff0100\n00001b\n'],
  ['-A d -t u1 -N 5', '0000000 104 101 108 108 111\n0000005\n'],
  ['-x', '0000000 6568 6c6c 206f 6f77 6c72 2c64 7420 6968\n0000020 2073 7369 6f20 0a64 0100 00ff\n0000033\n'],
  ['-t d1 -N 3 -j 24', '0000030    0    1   -1\n0000033\n'],
])('od %s', async (options, stdout) => {
  const { run, clock } = await testContainer();
  const result = await settle(clock, run(`echo ${BYTES} | base64 -d | od ${options}`));
  expect(result).toMatchObject({ stdout, stderr: '', exitCode: 0 });
});

test('od shows rows that repeat once, and refuses what it does not know', async () => {
  const { run, clock } = await testContainer();
  const zeros = await settle(
    clock,
    run('head -c 64 /dev/zero | od -An -tx1 -v | wc -l; head -c 64 /dev/zero | od -tx1'),
  );
  expect(zeros.stdout).toBe(`4\n0000000${' 00'.repeat(16)}\n*\n0000100\n`);
  expect((await settle(clock, run('od -t z9 /dev/null'))).exitCode).toBe(1);
});

test('free shows the memory of /proc/meminfo', async () => {
  const { run, clock } = await testContainer();
  const { stdout } = await settle(clock, run('free -m; free -h | grep Mem'));
  expect(stdout).toMatch(/^ +total +used +free +shared +buff\/cache +available\nMem: +8192 +4096 +4096 /);
  expect(stdout).toMatch(/Mem: +8Gi +4Gi/);
});
