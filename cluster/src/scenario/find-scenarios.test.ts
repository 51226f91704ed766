import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findScenarios } from './find-scenarios.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'kubarium-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const scenario = (name: string): string =>
  `apiVersion: sim.kubarium.dev/v1alpha1\nkind: Scenario\nmetadata: {name: ${name}}\nspec: {steps: [{try: [{settle: {}}]}]}\n`;

it('takes the scenarios of a folder and of the folders in it, whatever they are called, by their names', () => {
  mkdirSync(join(folder, 'b.yaml'));
  writeFileSync(join(folder, 'b.yaml', 'inner.yml'), scenario('inner'));
  writeFileSync(join(folder, 'a.yaml'), scenario('outer'));
  writeFileSync(join(folder, 'notes.txt'), 'none');
  expect(findScenarios([folder]).map(({ name }) => name)).toEqual(['outer', 'inner']);
});

it('says which file it cannot read', () => {
  symlinkSync(join(folder, 'nowhere'), join(folder, 'gone.yaml'));
  expect(() => findScenarios([folder])).toThrow(`cannot read ${join(folder, 'gone.yaml')}: ENOENT`);
});

it('says where a file is no text', () => {
  const file = join(folder, 'a.yaml');
  writeFileSync(file, Buffer.from(scenario('caf\xe9'), 'latin1'));
  expect(() => findScenarios([folder])).toThrow(`${file}:3:21: what begins here is no UTF-8 text`);
});

it.each([
  ['a folder without any', (inner: string) => inner, /^there is no scenario in /],
  ['what is not there', (inner: string) => `${inner}/nowhere.yaml`, /^there is no file or folder .*nowhere\.yaml$/],
])('refuses %s', (_, path, message) => {
  expect(() => findScenarios([path(folder)])).toThrow(message);
});
