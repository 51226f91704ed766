import { describe, expect, test } from 'vitest';
import { settle, testContainer } from '../../testing/test-container.ts';
import { serverVersion } from './mysql.ts';

const PASSWORDS = { MYSQL_ROOT_PASSWORD: 'x', POSTGRES_PASSWORD: 'x' };

/** A running database, and what it answers to bytes on its port, in hexadecimal. */
async function database(image: string, argv: readonly string[], env: Readonly<Record<string, string>> = PASSWORDS) {
  const container = await testContainer({ image, argv: ['docker-entrypoint.sh', ...argv], env });
  const run = async (script: string): Promise<string> => (await settle(container.clock, container.run(script))).stdout;
  const answer = async (port: number, ...bytes: readonly number[]): Promise<Buffer> =>
    Buffer.from(
      await run(
        `printf %s '${Buffer.from(bytes).toString('base64')}' | base64 -d | nc -w 1 localhost ${port} | base64 -w 0`,
      ),
      'base64',
    );
  return { ...container, run, answer };
}

describe('mysql', () => {
  test('greets with protocol 10, its version and a scramble, and says that it runs no SQL', async () => {
    const { answer, stdout } = await database('mysql:8.0.36', ['mysqld']);
    await stdout.until('ready for connections');
    const greeting = await answer(3306);
    expect(serverVersion(greeting)).toBe('8.0.36');
    expect(greeting.readUIntLE(0, 3)).toBe(greeting.length - 4);
    expect(greeting.toString('latin1')).toMatch(/caching_sha2_password\0$/);
    // Any packet of 1 byte, number 1.
    const both = await answer(3306, 1, 0, 0, 1, 0);
    const error = both.subarray(greeting.length);
    expect([error[3], error[4], error.readUInt16LE(5)]).toEqual([2, 0xff, 1235]);
    expect(error.toString('latin1', 7)).toMatch(/^#42000This mysqld is simulated/);
  });

  test('answers mysqladmin ping', async () => {
    const { run } = await database('mysql:8.4', ['mysqld']);
    expect(await run('mysqladmin ping -h 127.0.0.1 -uroot -psecret')).toBe('mysqld is alive\n');
    expect(await run('mysqladmin -P 9 ping 2>&1; echo $?')).toMatch(/Can't connect to MySQL server[^]*1\n$/);
  });

  test('takes arguments for the server and ends on SIGTERM', async () => {
    const { container, stdout } = await database('mysql:8.4', ['--max-connections=10']);
    await stdout.until('ready for connections');
    container.kill('SIGTERM');
    expect((await container.exit).exitCode).toBe(0);
  });

  test('ends with 1 without a password, and says which settings there are', async () => {
    const { container, stderr } = await database('mysql:8.4', ['mysqld'], {});
    expect((await container.exit).exitCode).toBe(1);
    expect(stderr.text).toContain('- MYSQL_ROOT_PASSWORD\n');
  });
});

describe('postgres', () => {
  test('declines TLS, asks for a password, and says that it runs no SQL', async () => {
    const { answer, stdout } = await database('postgres:16-alpine', ['postgres']);
    await stdout.until('ready to accept connections');
    const ssl = [0, 0, 0, 8, 4, 210, 22, 47];
    expect((await answer(5432, ...ssl)).toString()).toBe('N');
    const start = [0, 0, 0, 9, 0, 3, 0, 0, 0];
    expect((await answer(5432, ...start)).toString('latin1')).toBe('R\0\0\0\x08\0\0\0\x03');
    const password = [0x70, 0, 0, 0, 6, 0x78, 0];
    expect((await answer(5432, ...ssl, ...start, ...password)).toString('latin1')).toMatch(
      /^NR[^]*E[^]*SFATAL\0VFATAL\0C0A000\0Mthis server is simulated/,
    );
    expect((await answer(5432, ...Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toString('latin1')).toBe('');
  });

  test('answers pg_isready', async () => {
    const { run } = await database('postgres', ['postgres']);
    expect(await run('pg_isready; pg_isready -h localhost -p 9; echo $?')).toBe(
      '/var/run/postgresql:5432 - accepting connections\nlocalhost:9 - no response\n2\n',
    );
  });

  test('ends with 1 without a password', async () => {
    const { container, stderr } = await database('postgres', ['postgres'], {});
    expect((await container.exit).exitCode).toBe(1);
    expect(stderr.text).toContain('POSTGRES_PASSWORD');
  });
});
