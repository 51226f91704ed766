import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Credentials } from './pki/credentials.ts';
import { StartError } from './start-error.ts';
import { StateFolder } from './state-folder.ts';

const pair = (name: string) => ({ certificate: `${name} certificate\n`, key: `${name} key\n` });
const credentials: Credentials = {
  ca: pair('ca'),
  server: pair('server'),
  admin: pair('admin'),
  serviceAccountKey: 'sa\n',
  adminToken: 'token',
};

let parent = '';
beforeEach(() => (parent = mkdtempSync(join(tmpdir(), 'state-folder-'))));
afterEach(() => rmSync(parent, { recursive: true, force: true }));

test('gives back the credentials that an earlier start wrote', () => {
  expect(new StateFolder(join(parent, 'state')).readCredentials()).toBeUndefined();
  new StateFolder(join(parent, 'state')).firstCredentials(credentials);
  expect(new StateFolder(join(parent, 'state')).readCredentials()).toEqual(credentials);
});

test('lets one of two first starts make the credentials, and gives them to both', () => {
  const [first, second] = [new StateFolder(join(parent, 'state')), new StateFolder(join(parent, 'state'))];
  expect([first.readCredentials(), second.readCredentials()]).toEqual([undefined, undefined]);
  const mine = first.firstCredentials(credentials);
  const others = second.firstCredentials({ ...credentials, adminToken: 'another', ca: pair('another') });
  expect(mine).toEqual(credentials);
  expect(others).toEqual(credentials);
  expect(readdirSync(first.path)).toEqual(['pki']);
});

test('makes credentials where an earlier first start was cut off', () => {
  const folder = new StateFolder(join(parent, 'state'));
  mkdirSync(join(folder.path, 'pki'));
  writeFileSync(join(folder.path, 'pki', 'ca.crt'), 'half');
  expect(folder.readCredentials()).toBeUndefined();
  expect(folder.firstCredentials(credentials)).toEqual(credentials);
});

test('keeps what is secret from other users', () => {
  const folder = new StateFolder(join(parent, 'state'));
  folder.firstCredentials(credentials);
  folder.writeKubeconfig('secret');
  for (const file of ['pki/ca.key', 'pki/admin.token', 'kubeconfig']) {
    expect(statSync(join(folder.path, file)).mode & 0o077).toBe(0);
  }
});

test('remembers the port', () => {
  const folder = new StateFolder(parent);
  expect(folder.port).toBeUndefined();
  folder.port = 12345;
  expect(new StateFolder(parent).port).toBe(12345);
});

test('says what is wrong and what to do where the folder is a file', () => {
  const path = join(parent, 'file');
  writeFileSync(path, 'precious');
  expect(() => new StateFolder(path)).toThrow(StartError);
  expect(() => new StateFolder(path)).toThrow(/cannot create .*file/);
  expect(readFileSync(path, 'utf8')).toBe('precious');
});
