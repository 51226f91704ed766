import { describe, expect, it } from 'vitest';
import { settle, testContainer } from '../../testing/test-container.ts';

async function ask(image: string, script: string, argv?: string[]): Promise<string> {
  const { run, clock } = await testContainer({ image, ...(argv !== undefined && { argv }) });
  return (await settle(clock, run(script))).stdout.replaceAll(/127\.0\.0\.1:\d{4,}/g, 'CLIENT');
}

it('whoami tells the request and where it arrived', async () => {
  expect(await ask('traefik/whoami', 'curl -s -H "X-B: 1" localhost/a?b=c')).toBe(
    'Hostname: web-1\nIP: 127.0.0.1\nIP: 10.244.0.2\nRemoteAddr: 10.244.0.2:40000\nGET /a?b=c HTTP/1.1\nHost: localhost\nUser-Agent: curl/8.11.1\nAccept: */*\nX-B: 1\n\n',
  );
  expect(JSON.parse(await ask('traefik/whoami', 'curl -s localhost/api'))).toMatchObject({
    hostname: 'web-1',
    headers: { 'User-Agent': ['curl/8.11.1'] },
    method: 'GET',
  });
  expect(await ask('traefik/whoami', 'curl -s -w %{http_code} localhost/health')).toBe('200');
});

it('http-echo says its text', async () => {
  const argv = ['/http-echo', '-text=hello', '-listen=:5679'];
  expect(await ask('hashicorp/http-echo:1.0', 'curl -s localhost:5679', argv)).toBe('hello\n');
});

describe('ealen/echo-server', () => {
  it('tells the request as JSON', async () => {
    const told: unknown = JSON.parse(await ask('ealen/echo-server', 'curl -s -d x localhost/a?b=c'));
    expect(told).toMatchObject({
      host: { hostname: 'localhost' },
      http: { method: 'POST', originalUrl: '/a?b=c' },
      request: { params: { 0: '/a' }, query: { b: 'c' }, body: 'x', headers: { 'content-length': '1' } },
      environment: { HOSTNAME: 'web-1' },
    });
  });

  it('answers as it is told to', async () => {
    expect(
      await ask('ealen/echo-server', 'curl -s -w %{http_code} "localhost/?echo_code=404&echo_body=no&echo_time=500"'),
    ).toBe('"no"404');
    expect(await ask('ealen/echo-server', 'curl -s -o /dev/null -w %{http_code} -H "X-ECHO-CODE: 503" localhost')).toBe(
      '503',
    );
  });
});

it('mendhak/http-https-echo tells the request as JSON, over HTTP and HTTPS', async () => {
  const http = JSON.parse(await ask('mendhak/http-https-echo:35', 'curl -s localhost:8080/a?b=c')) as object;
  expect(http).toMatchObject({
    path: '/a',
    method: 'GET',
    protocol: 'http',
    query: { b: 'c' },
    os: { hostname: 'web-1' },
  });
  const https = JSON.parse(await ask('mendhak/http-https-echo:35', 'curl -sk -d x https://localhost:8443/')) as object;
  expect(https).toMatchObject({ protocol: 'https', method: 'POST', body: 'x' });
});

it('kicbase/echo-server tells the request as text', async () => {
  expect(await ask('kicbase/echo-server:1.0', 'curl -s localhost:8080/x')).toBe(
    'Request served by web-1\n\nHTTP/1.1 GET /x\n\nHost: localhost:8080\nAccept: */*\nUser-Agent: curl/8.11.1\n',
  );
});

it('echoserver tells the request in sections', async () => {
  const text = await ask('registry.k8s.io/echoserver:1.10', 'curl -s localhost:8080/x?y=1');
  expect(text).toContain(
    '\n\nHostname: web-1\n\nPod Information:\n\t-no pod information available-\n\nServer values:\n',
  );
  expect(text).toContain('\tmethod=GET\n\treal path=/x?y=1\n\tquery=y=1\n');
  expect(text).toContain('Request Body:\n\t-no body in request-\n');
});
