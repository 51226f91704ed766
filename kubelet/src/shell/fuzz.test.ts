import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testContainer } from '../testing/test-container.ts';

const word = fc.constantFrom(
  'echo',
  'a',
  '$x',
  '"$(',
  ')',
  '`',
  '${x',
  '}',
  '((',
  '))',
  '[[',
  ']]',
  '|',
  '||',
  '&&',
  ';',
  ';;',
  '&',
  '>',
  '<<',
  'E',
  '\n',
  'if',
  'then',
  'fi',
  'for',
  'in',
  'do',
  'done',
  'case',
  'esac',
  '{',
  '(',
  "'",
  '"',
  '\\',
  '$((1',
  '+',
  '*',
  '!',
  'f()',
  '2>&1',
  '>/tmp/f',
  'seq 3',
  'cat',
  'grep',
  'sed',
  's/a/b/',
  'awk',
  '{print}',
  'head',
  '-1',
  '=',
  'x=1',
  '~',
  '?',
  '[a-',
  'set',
  '-e',
  'exit',
  'trap',
  'return',
  'shift',
  'break',
  'eval',
  'printf',
  '%s',
  'read',
  'test',
  '-f',
);
const script = fc.oneof(
  fc.array(word, { maxLength: 25 }).map((words) => words.join(' ')),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ maxLength: 60 }),
);

test('no script makes the shell throw or hang', { timeout: 60_000 }, async () => {
  const { container, bugs } = await testContainer();
  await fc.assert(
    fc.asyncProperty(script, async (text) => {
      const child = await container.exec(['sh', '-c', text], {});
      // A script may loop by right (`f() { f; }`, `while`); then it can be killed.
      const killer = setTimeout(() => child.kill('SIGKILL'), 300);
      const exitCode = await child.exit;
      clearTimeout(killer);
      expect(exitCode).toBeGreaterThanOrEqual(0);
      expect(bugs).toEqual([]);
    }),
    {
      numRuns: Number(process.env['FUZZ_RUNS'] ?? 300),
      ...(process.env['SEED'] !== undefined && { seed: Number(process.env['SEED']) }),
    },
  );
});
