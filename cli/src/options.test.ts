import { InvalidArgumentError } from 'commander';
import { expect, it } from 'vitest';
import { ipAddress } from './options.ts';

it.each(['127.0.0.1', '0.0.0.0', '::', '2001:db8::7'])('takes %s as an address to listen at', (text) => {
  expect(ipAddress(text)).toBe(text);
});

it.each(['localhost', '127.0.0.1:6443', '', 'fe80::1%eth0'])('does not take "%s", and shows one', (text) => {
  expect(() => ipAddress(text)).toThrow(InvalidArgumentError);
  expect(() => ipAddress(text)).toThrow('127.0.0.1, or 0.0.0.0');
});
