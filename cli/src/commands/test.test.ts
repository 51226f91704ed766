import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { run } from '../run.ts';

let folder: string;
let told = { stdout: '', stderr: '' };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubarium-test-'));
  told = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      told[stream] += String(text);
      return true;
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
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
${bad}:4:24: try has no field setle; did you mean settle?
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
