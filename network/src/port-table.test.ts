import { describe, expect, it } from 'vitest';
import { seededRandom } from '@kubarium/shared';
import { PortTable } from './port-table.ts';

/** Begins its search at the first port. */
const random = { fork: () => ({ ...seededRandom(1), integer: () => 0 }) };
const table = (): PortTable<string> => new PortTable('tcp', '10.0.0.1', random);

describe('bind', () => {
  it.each([
    ['0.0.0.0', '0.0.0.0', false],
    ['0.0.0.0', '10.0.0.1', false],
    ['10.0.0.1', '0.0.0.0', false],
    ['10.0.0.1', '10.0.0.1', false],
    ['10.0.0.1', '127.0.0.1', true],
    ['::', '127.0.0.1', false],
  ])('with %s taken, %s at the same port is free: %s', (first, second, free) => {
    const ports = table();
    ports.bind(first, 80, 'first');
    const outcome = (): unknown => {
      try {
        return ports.bind(second, 80, 'second');
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(outcome()).toBe(free ? 80 : 'EADDRINUSE');
  });

  it('is possible again after unbind', () => {
    const ports = table();
    ports.bind('0.0.0.0', 80, 'first');
    ports.unbind(80, 'first');
    expect(ports.bind('0.0.0.0', 80, 'second')).toBe(80);
    expect(ports.find('10.0.0.1', 80)).toBe('second');
  });

  it('of port 0 takes ephemeral ones, skipping those in use', () => {
    const ports = table();
    ports.bind('0.0.0.0', 32_769, 'taken');
    expect([ports.bind('0.0.0.0', 0, 'a'), ports.takeOutgoing(), ports.takeOutgoing()]).toEqual([
      32_768, 32_770, 32_771,
    ]);
  });

  it('says when all ephemeral ports are taken', () => {
    const ports = table();
    for (let i = 0; i < 28_232; i++) ports.takeOutgoing();
    expect(() => ports.takeOutgoing()).toThrow('EADDRNOTAVAIL');
    ports.releaseOutgoing(40_000);
    expect(ports.takeOutgoing()).toBe(40_000);
  });
});

describe('find', () => {
  it('keeps one port and many apart', () => {
    const ports = table();
    ports.bind('0.0.0.0', 80, 'web');
    ports.bind('127.0.0.1', 81, 'local');
    ports.bind('10.0.0.1', 81, 'exact');
    ports.unbind(80, 'web');
    ports.unbind(80, 'web');
    ports.unbind(81, 'local');
    expect(ports.find('10.0.0.1', 80)).toBeUndefined();
    expect(ports.find('127.0.0.1', 81)).toBeUndefined();
    expect([...ports.bound()]).toEqual([{ address: '10.0.0.1', port: 81, socket: 'exact' }]);
  });

  it('prefers the exact address to all of them', () => {
    const ports = table();
    ports.bind('127.0.0.1', 80, 'local');
    ports.bind('10.0.0.1', 80, 'exact');
    expect(ports.find('10.0.0.1', 80)).toBe('exact');
    expect(ports.find('127.0.0.1', 80)).toBe('local');
    expect(ports.find('10.0.0.2', 80)).toBeUndefined();
    expect(ports.find('10.0.0.1', 81)).toBeUndefined();
  });
});
