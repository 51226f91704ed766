import { expect, test } from 'vitest';
import { testContainer } from '../testing/test-container.ts';

const ports = [{ containerPort: 80, protocol: 'TCP' as const }];

test('the default app answers curl with its pod and the request', async () => {
  const { run, stdout, container } = await testContainer({ image: 'my-backend-app', pod: { ports } });
  const result = await run('curl -s -d x=1 http://127.0.0.1/path?q=1');
  expect(result.stdout).toContain('Hello from web-1!\n');
  expect(result.stdout).toContain('request:   POST /path?q=1\n');
  expect(result.stdout).toMatch(/body:\nx=1\n$/);
  expect(stdout.text).toContain(' POST /path?q=1 200\n');
  container.kill('SIGTERM');
  expect(await container.exit).toEqual({ exitCode: 0, signal: undefined });
});

test('the default app answers in JSON where that is accepted', async () => {
  const { run } = await testContainer({ image: 'my-backend-app', pod: { ports } });
  const { stdout } = await run("curl -s -H 'Accept: application/json' localhost");
  expect(JSON.parse(stdout)).toMatchObject({
    pod: 'web-1',
    namespace: 'default',
    node: 'node-1',
    method: 'GET',
    path: '/',
  });
});
