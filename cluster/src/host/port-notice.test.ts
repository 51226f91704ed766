import { expect, it } from 'vitest';
import { portNotice } from './port-notice.ts';

const failed = (code: string): Error => Object.assign(new Error('listen'), { code });
const notice = (error: Error): string => portNotice(error, 'no HTTP proxy', { port: 80, flag: '--proxy-port' });

it('tells of a port that is taken, or not allowed, and what to do', () => {
  expect(notice(failed('EADDRINUSE'))).toBe('no HTTP proxy: port 80 is in use (choose another with --proxy-port)');
  expect(notice(failed('EACCES'))).toBe(
    'no HTTP proxy: port 80 may not be opened by this user (choose one above 1023 with --proxy-port)',
  );
});

it('leaves other errors alone', () => {
  expect(() => notice(failed('EMFILE'))).toThrow('listen');
});
