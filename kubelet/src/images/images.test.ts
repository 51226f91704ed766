import { expect, test } from 'vitest';
import { settle, Sink, testContainer } from '../testing/test-container.ts';

test.each([
  ['nginx', 'curl -s localhost | grep -c "Welcome to nginx"', '2\n'],
  ['nginx', 'curl -s -o /dev/null -w "%{http_code}" localhost/nope', '404'],
  [
    'nginx',
    'echo hi > /usr/share/nginx/html/a.txt; curl -si localhost/a.txt | grep -i -e ^content -e ^server',
    'Server: nginx/1.27.3\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n',
  ],
  ['httpd:2.4', 'curl -s localhost', '<html><body><h1>It works!</h1></body></html>\n'],
  [
    'nginx',
    'curl -si -d x localhost | head -n 1; curl -s -d x localhost | grep -o "405 [NA].*ed<.title"',
    'HTTP/1.1 405 Not Allowed\r\n405 Not Allowed</title\n',
  ],
  [
    'nginx',
    'mkdir /usr/share/nginx/html/dir; curl -si localhost/dir | grep -e ^HTTP -e ^Location',
    'HTTP/1.1 301 Moved Permanently\r\nLocation: http://localhost/dir/\r\n',
  ],
  ['nginx', 'wget -qO- localhost | head -n 1', '<!DOCTYPE html>\n'],
  [
    'redis:7',
    'redis-cli ping; redis-cli set a 1 ex 10; redis-cli incr a; redis-cli get a; redis-cli ttl a; redis-cli keys "*"',
    'PONG\nOK\n2\n2\n10\na\n',
  ],
  ['redis:7', 'redis-cli set k v ex 5 >/dev/null; sleep 6; redis-cli exists k; redis-cli get k', '0\n\n'],
  ['redis:7', 'printf "PING\\r\\n" | nc -w 1 localhost 6379', '+PONG\r\n'],
  [
    'redis:7',
    'redis-cli lpush l a b; redis-cli lrange l 0 -1; redis-cli hset h f v; redis-cli get l; redis-cli nope',
    "2\nb\na\n1\nWRONGTYPE Operation against a key holding the wrong kind of value\nERR unknown command 'nope', with args beginning with: \n",
  ],
  ['traefik/whoami', 'curl -s localhost | head -n 1', 'Hostname: web-1\n'],
])('%s: %s', async (image, script, stdout) => {
  const { run, clock } = await testContainer({ image });
  expect((await settle(clock, run(script))).stdout).toBe(stdout);
});

test('busybox without a command and input ends at once', async () => {
  const { container } = await testContainer({ image: 'busybox' });
  expect(await container.exit).toEqual({ exitCode: 0, signal: undefined });
});

test('agnhost netexec goes on answering for as long as --delay-shutdown says', async () => {
  const { container, run, clock, stdout } = await testContainer({
    image: 'agnhost:2.59',
    argv: ['/agnhost', 'netexec', '--delay-shutdown=10'],
  });
  container.kill('SIGTERM');
  clock.advance(9_000);
  expect((await settle(clock, run('curl -s localhost:8080/echo?msg=still'))).stdout).toBe('still');
  clock.advance(1_000);
  expect(await container.exit).toMatchObject({ exitCode: 0 });
  expect(stdout.text).toContain('Sleeping 10 seconds before terminating...');
});

test('agnhost pauses until it is told to end', async () => {
  const { container, stdout } = await testContainer({ image: 'registry.k8s.io/e2e-test-images/agnhost:2.59' });
  await stdout.until('Signals registered\n');
  container.kill('SIGTERM');
  expect((await container.exit).exitCode).toBe(2);
});

test.each([
  ['curl -s localhost:8080/hostname', 'web-1'],
  ['curl -s "localhost:8080/echo?msg=hello&code=202" -w %{http_code}', 'hello202'],
  ['curl -s localhost:8080/healthz -w %{http_code}', '200'],
  [
    'curl -s "localhost:8080/dial?host=127.0.0.1&port=8080&request=hostname&tries=2"',
    '{"responses":["web-1","web-1"]}',
  ],
  ['curl -s "localhost:8080/dial?host=127.0.0.1&port=8081&protocol=udp&request=hostname"', '{"responses":["web-1"]}'],
  ['echo hostName | nc -u -w 1 127.0.0.1 8081', 'web-1'],
  ['echo hostName | nc -w 2 127.0.0.1 8080 | head -c 24', 'HTTP/1.1 400 Bad Request'],
  ['curl -s "localhost:8080/shell?cmd=echo%20x"', '{"output":"x\\n"}'],
])('netexec: %s', async (script, stdout) => {
  const { run, clock } = await testContainer({ image: 'agnhost:2.59', argv: ['/agnhost', 'netexec'] });
  expect((await settle(clock, run(script))).stdout).toBe(stdout);
});

test('mounttest prints what upstream compares', async () => {
  const { run } = await testContainer({ image: 'agnhost' });
  const result = await run(
    '/agnhost mounttest --new_file_0644=/tmp/f --file_perm=/tmp/f --file_owner=/tmp/f --file_mode=/tmp',
  );
  expect(result.stdout).toBe(
    'content of file "/tmp/f": mount-tester new file\n\nmode of file "/tmp": dtrwxrwxrwx\nperms of file "/tmp/f": -rw-r--r--\nowner UID of "/tmp/f": 0\nowner GID of "/tmp/f": 0\n',
  );
});

test('mounttest looks at the file behind a link', async () => {
  const { run } = await testContainer({ image: 'agnhost' });
  const { stdout } = await run('touch /tmp/f; chmod 400 /tmp/f; ln -s f /tmp/l; /agnhost mounttest --file_mode=/tmp/l');
  expect(stdout).toBe('mode of file "/tmp/l": -r--------\n');
});

test('entrypoint-tester prints its arguments', async () => {
  const { container, stdout } = await testContainer({
    image: 'agnhost',
    argv: ['/agnhost-2', 'entrypoint-tester', 'override', 'arguments'],
  });
  await container.exit;
  expect(stdout.text).toBe('[/agnhost-2 entrypoint-tester override arguments]\n');
});

test.each([
  ['curl -s localhost:80 -w " %{content_type}"', '<a href="/x">test</a> text/html; charset=utf-8'],
  ['curl -s localhost:160 -w " %{content_type}"', 'foo text/plain; charset=utf-8'],
  ['curl -sk https://localhost:460', 'tls baz'],
  ['curl -s https://localhost:460; echo $?', '60\n'],
])('porter: %s', async (script, stdout) => {
  const env = { SERVE_PORT_80: '<a href="/x">test</a>', SERVE_PORT_160: 'foo', SERVE_TLS_PORT_460: 'tls baz' };
  const { run, clock } = await testContainer({ image: 'agnhost:2.59', argv: ['/agnhost', 'porter'], env });
  expect((await settle(clock, run(script))).stdout).toBe(stdout);
});

test('porter tells the method in JSON', async () => {
  const argv = ['/agnhost', 'porter', '--json-response'];
  const { run, clock } = await testContainer({ image: 'agnhost:2.59', argv, env: { SERVE_PORT_80: 'foo' } });
  expect((await settle(clock, run('curl -s -X PATCH localhost'))).stdout).toBe('{"Method":"PATCH","Body":"foo"}');
});

test('netexec speaks TLS with the files that it is given', async () => {
  const argv = ['/agnhost', 'netexec', '--tls-cert-file=/localhost.crt', '--tls-private-key-file=/localhost.key'];
  const { run, clock } = await testContainer({ image: 'agnhost:2.59', argv });
  expect((await settle(clock, run('curl -sk https://localhost:8080/hostname'))).stdout).toBe('web-1');
});

test.each([
  [
    'curl -s "localhost:6379/set?key=a&value=b%20c"; curl -s "localhost:6379/get?key=a"',
    '{"message":"Updated"}{"data":"b c"}',
  ],
  ['curl -s "localhost:6379/register?host=127.0.0.2"; curl -s "localhost:6379/get"', '{"data":{}}{"data":{}}'],
  ['curl -s "localhost:6379/set?key=" -w %{http_code}', 'cannot set with empty key.\n400'],
  ['curl -s "localhost:6379/guestbook?cmd=drop"', "unsupported cmd: 'drop'\n"],
])('guestbook: %s', async (script, stdout) => {
  const argv = ['/agnhost', 'guestbook', '--http-port', '6379'];
  const { run, clock } = await testContainer({ image: 'agnhost:2.59', argv });
  expect((await settle(clock, run(script))).stdout).toBe(stdout);
});

test('a replica of the guestbook gets what its primary holds and is told', async () => {
  const resolver = {
    lookup: async (name: string) => ({ ok: true as const, addresses: ['127.0.0.1'], canonicalName: name }),
  };
  const primary = ['/agnhost', 'guestbook', '--http-port', '7000', '--backend-port', '7001'];
  const { container, run, clock } = await testContainer({ image: 'agnhost:2.59', argv: primary, resolver });
  await settle(clock, run('curl -s "localhost:7000/set?key=a&value=1"'));
  const sink = new Sink();
  // One network stands for both pods: the replica listens where the primary sends, and asks at a port that leads to the primary.
  await container.exec(
    ['/agnhost', 'guestbook', '--http-port', '7001', '--backend-port', '7000', '--replicaof', 'agnhost-primary'],
    {
      stdout: sink,
      stderr: sink,
    },
  );
  await settle(clock, sink.until('Registered to node'));
  const { stdout } = await settle(clock, run('curl -s "localhost:7000/set?key=b&value=2"; curl -s localhost:7001/get'));
  expect(stdout).toBe('{"message":"Updated"}{"data":{"a":"1","b":"2"}}');
});
