import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { run } from '../run.ts';

let folder: string;
let told = { stdout: '', stderr: '' };
let onText = (_text: string): void => {};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubarium-test-'));
  told = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      told[stream] += String(text);
      onText(String(text));
      return true;
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  onText = () => {};
  process.exitCode = 0;
  rmSync(folder, { recursive: true });
});

/** Writes a scenario with these steps, and says where. */
function scenario(name: string, steps: string): string {
  const file = join(folder, `${name}.yaml`);
  const head = `apiVersion: sim.kubarium.dev/v1alpha1\nkind: Scenario\nmetadata: {name: ${name}}\n`;
  writeFileSync(file, `${head}spec: {steps: [{try: [${steps}]}]}\n`);
  return file;
}

it('runs nothing where a scenario has a mistake, and says where', async () => {
  const [good, bad] = [scenario('good', '{settle: {}}'), scenario('bad', '{setle: {}}')];
  expect(await run(['test', good, bad])).toBe(2);
  expect(told).toEqual({
    stdout: '',
    stderr: `error: there are mistakes in scenario files, so nothing was run
${bad}:4:24: try has no operation setle; did you mean settle?
       see docs/scenarios.md for what a scenario may say
`,
  });
});

it('runs nothing where its report has no place', async () => {
  const report = join(folder, 'missing', 'report.xml');
  expect(await run(['test', scenario('good', '{settle: {}}'), '--junit', report])).toBe(2);
  expect(told.stdout).toBe('');
  expect(told.stderr).toMatch(
    /^error: cannot write the report .*report\.xml: .*\n +name a file in a folder of yours with --junit\n$/,
  );
});

it('says in every report how to see a failure again', async () => {
  const file = scenario('failing', '{apply: {file: nowhere.yaml}}');
  const report = join(folder, 'report.xml');
  const again = `again: kubarium test ${file} --seed 7 -v\n`;
  expect(await run(['test', file, '--seed', '7', '--junit', report])).toBe(1);
  expect(told.stdout).toContain(again);
  expect(readFileSync(report, 'utf8')).toContain(again.replace('\n', '</failure>'));
  told.stdout = '';
  expect(await run(['test', file, '--seed', '7', '-o', 'json'])).toBe(1);
  expect(JSON.parse(told.stdout)).toMatchObject({
    failed: 1,
    scenarios: [{ again: `kubarium test ${file} --seed 7 -v` }],
  });
});

it('quotes what a shell would take apart, where it says how to see a failure again', async () => {
  const file = scenario("it's failing", '{apply: {file: nowhere.yaml}}');
  expect(await run(['test', file])).toBe(1);
  expect(told.stdout).toContain(`again: kubarium test '${folder}/it'\\''s failing.yaml' --seed 1 -v\n`);
});

it.each([
  ['its report is a folder', (): string[] => ['--junit', folder], 'cannot write the report'],
  ['there is no such kubeconfig', (): string[] => ['--against', join(folder, 'nowhere')], 'cannot read how to reach'],
])('runs nothing where %s', async (_, options, message) => {
  expect(await run(['test', scenario('good', '{settle: {}}'), ...options()])).toBe(2);
  expect(told.stdout).toBe('');
  expect(told.stderr).toContain(`error: ${message} `);
});

it.each([
  ['--update', '--seed', '2'],
  ['--against', 'file', '--runs', '2'],
  ['--against', 'file', '--seed', '2'],
  ['--update', '--against', 'file'],
])('refuses what would have no effect: %s %s %s', async (...options) => {
  expect(await run(['test', scenario('good', '{settle: {}}'), ...options])).toBe(2);
  expect(told).toMatchObject({ stdout: '', stderr: expect.stringContaining('cannot be used with option') as string });
});

it('ends in good order where it is interrupted: with the reports, and the exit code of the signal', async () => {
  const files = [scenario('a', '{settle: {}}, {advance: {duration: 1000000h}}'), scenario('b', '{settle: {}}')];
  const report = join(folder, 'report.xml');
  const others = process.rawListeners('SIGINT');
  const interrupt = (): void => {
    for (const one of process.rawListeners('SIGINT')) if (!others.includes(one)) (one as () => void)();
  };
  onText = (text) => void (text.includes('settle settled') && setImmediate(interrupt));
  expect(await run(['test', ...files, '--parallel', '1', '-v', '--junit', report])).toBe(130);
  expect(told.stdout).toMatch(/: advance\n {4}interrupted\n/);
  expect(told.stdout).toMatch(/\n1 failed, 1 skipped, in \d+ ms, interrupted\n$/);
  expect(readFileSync(report, 'utf8')).toContain(`<failure message="${files[0]}:4: interrupted">`);
});
