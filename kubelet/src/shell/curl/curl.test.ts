import { describe, expect, it } from 'vitest';
import { testContainer } from '../../testing/test-container.ts';

// Texts and exit codes of curl 8.11.

const { run } = await testContainer({ image: 'nginx' });

describe('curl -v', () => {
  it('shows the whole exchange', async () => {
    const { stderr } = await run('curl -sv -o /dev/null http://localhost');
    expect(stderr.replace(/(Date|Last-Modified|ETag): .*/g, '$1: ...').replaceAll('\r', '')).toMatch(
      /^\* Host localhost:80 was resolved\.\n\* IPv6: \S+\n\* IPv4: 127\.0\.0\.1\n\* {3}Trying 127\.0\.0\.1:80\.\.\.\n\* Connected to localhost \(127\.0\.0\.1\) port 80\n\* using HTTP\/1\.x\n> GET \/ HTTP\/1\.1\n> Host: localhost\n> User-Agent: curl\/8\.11\.1\n> Accept: \*\/\*\n> \n\* Request completely sent off\n< HTTP\/1\.1 200 OK\n(< .*\n)+< \n\{ \[\d+ bytes data\]\n\* Connection #0 to host localhost left intact\n$/,
    );
  });

  it('shows that a body was sent', async () => {
    const { stderr } = await run('curl -sv -o /dev/null -d hello http://127.0.0.1');
    expect(stderr).toContain('> \r\n} [5 bytes data]\n* upload completely sent off: 5 bytes\n< HTTP/1.1 405');
  });

  it.each([
    ['curl -sv http://nope', '* Could not resolve host: nope\n* closing connection #0\n'],
    [
      'curl -sv http://127.0.0.1:1',
      `*   Trying 127.0.0.1:1...
* connect to 127.0.0.1 port 1 failed: Connection refused
* Failed to connect to 127.0.0.1 port 1 after 0 ms: Could not connect to server
* closing connection #0
`,
    ],
  ])('%s tells where it ended', async (script, stderr) => {
    expect((await run(script)).stderr).toBe(stderr);
  });
});

describe('curl', () => {
  it.each([
    ['curl http://nope', 6, 'curl: (6) Could not resolve host: nope\n'],
    ['curl -sS --interface nope0 http://127.0.0.1', 45, "curl: (45) Couldn't bind to 'nope0'\n"],
    [
      'curl --nope',
      2,
      "curl: option --nope: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
    ],
    ['curl -sS foo://bar', 1, 'curl: (1) Protocol "foo" not supported\n'],
    ['curl -sSf http://127.0.0.1/nope', 22, 'curl: (22) The requested URL returned error: 404\n'],
  ])('%s ends with %i', async (script, exitCode, stderr) => {
    expect(await run(script)).toMatchObject({ exitCode, stderr });
  });
});

describe('curl -w', () => {
  it.each([
    ['%{http_code} %{method} %{scheme} %{num_connects} %{num_redirects} %{url}', '200 GET http 1 0 http://127.0.0.1'],
    ['%{remote_ip}:%{remote_port} %{exitcode} %{time_total}|100%%\\n', '127.0.0.1:80 0 0.000000|100%\n'],
    ['%{nothing}', ''],
  ])('%s', async (format, text) => {
    expect((await run(`curl -s -o /dev/null -w '${format}' http://127.0.0.1`)).stdout).toBe(text);
  });

  it('tells of a failure as well', async () => {
    const { stdout } = await run("curl -s -w '%{http_code} %{exitcode} %{errormsg}' http://nope");
    expect(stdout).toBe('000 6 Could not resolve host: nope');
  });

  it('tells all as JSON', async () => {
    const { stdout } = await run("curl -s -o /dev/null -w '%{json}' http://127.0.0.1/nope");
    expect(JSON.parse(stdout)).toMatchObject({ http_code: 404, response_code: 404, exitcode: 0, method: 'GET' });
  });

  it('takes its format out of a file', async () => {
    const { stdout } = await run("echo '%{http_code}' > /tmp/f; curl -s -o /dev/null -w @/tmp/f http://127.0.0.1");
    expect(stdout).toBe('200\n');
  });
});
