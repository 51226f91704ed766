import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { Sink, testContainer } from '../testing/test-container.ts';

async function terminalShell() {
  const { container } = await testContainer();
  const keyboard = new PassThrough();
  const screen = new Sink();
  const terminal = { columns: 80, rows: 24, onResize: () => ({ [Symbol.dispose]() {} }) };
  const shell = await container.exec(['sh'], { stdin: keyboard, stdout: screen, terminal });
  await screen.until('/ # ');
  return { keyboard, screen, shell };
}

test('a shell on a terminal prompts, echoes and ends at ^D', async () => {
  const { keyboard, screen, shell } = await terminalShell();
  keyboard.write('ech\x7fho a\x15echo hi\r');
  await screen.until('hi\r\n/ # ');
  expect(screen.text).toContain('echo hi\r\nhi\r\n');
  keyboard.write('exit 3\r');
  expect(await shell.exit).toBe(3);
});

test('^C ends the command in the foreground, not the shell', async () => {
  const { keyboard, screen, shell } = await terminalShell();
  keyboard.write('sleep 1000\r');
  await screen.until('sleep 1000\r\n');
  // The child is in the foreground only once the shell has started it.
  for (let i = 0; i < 20; i++) await new Promise((resolve) => void setImmediate(resolve));
  keyboard.write('\x03');
  await screen.until(/\^C\r\n[^]*\/ # /);
  keyboard.write('echo $?\r');
  await screen.until('130\r\n');
  keyboard.write('while :; do :; done\r');
  await screen.until('done\r\n');
  keyboard.write('\x03');
  await screen.until(/done\r\n\^C\r\n[^]*\/ # /);
  keyboard.write('cat\r');
  await screen.until('cat\r\n');
  for (let i = 0; i < 20; i++) await new Promise((resolve) => void setImmediate(resolve));
  keyboard.write('line\r\x04');
  await screen.until(/line\r\nline\r\n\/ # /);
  keyboard.write('\x04');
  expect(await shell.exit).toBe(0);
});
