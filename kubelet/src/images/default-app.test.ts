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

test('the default app says what became of its calls, and is well as long as it answers', async () => {
  const { run } = await testContainer({
    image: 'my-backend-app',
    pod: { ports },
    env: { CALLS: 'http://nobody, tcp://localhost:9 amqp://localhost' },
  });
  const { stdout } = await run("curl -s -w '%{http_code}' localhost");
  expect(stdout).toContain('calls:\n  FAIL http://nobody: Could not resolve host: nobody\n');
  expect(stdout).toMatch(/ {2}FAIL tcp:\/\/localhost:9: connect ECONNREFUSED 127\.0\.0\.1:9\n/);
  expect(stdout).toContain('FAIL amqp://localhost: unknown scheme amqp; known are http, redis, mysql, postgres, tcp\n');
  expect(stdout).toMatch(/502$/);
  expect((await run("curl -s -o /dev/null -w '%{http_code}' localhost/healthz")).stdout).toBe('200');
});
