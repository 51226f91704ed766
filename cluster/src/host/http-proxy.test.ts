import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCluster, type Cluster } from '../create-cluster.ts';
import { serveHttpProxy } from './serve-http-proxy.ts';

const MANIFESTS = `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec: { containers: [{ name: app, image: 'registry.k8s.io/e2e-test-images/agnhost:2.53', args: [netexec, --http-port=8080] }] }
---
apiVersion: v1
kind: Pod
metadata: { name: shop-web, namespace: shop, labels: { app: web } }
spec: { containers: [{ name: app, image: 'registry.k8s.io/e2e-test-images/agnhost:2.53', args: [netexec, --http-port=8080] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: empty }
spec: { selector: { app: nobody }, ports: [{ port: 80 }] }
`;

let cluster: Cluster;
let port: number;
let parts: AsyncDisposableStack;
beforeAll(async () => {
  const starting = new AsyncDisposableStack();
  cluster = starting.use(await createCluster({ clock: 'real' }));
  await cluster.apply(MANIFESTS);
  await cluster.ready();
  port = (await serveHttpProxy(cluster.parts, { port: 0, namespace: 'default' }, starting)).port;
  // As a start does once all went well: what comes later must not lean on the first stack.
  parts = starting.move();
});
afterAll(() => parts.disposeAsync());

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Asks as `curl -x http://127.0.0.1:PORT URL` does. */
const ask = (url: string, headers: Record<string, string> = {}, method = 'GET', body?: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request({
      host: '127.0.0.1',
      port,
      method,
      path: url,
      headers: { host: new URL(url).host, ...headers },
    });
    sent.on('error', reject).on('response', (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: text }));
    });
    sent.end(body);
  });

const as = (namespace: string) => ({
  'proxy-authorization': `Basic ${Buffer.from(`${namespace}:`).toString('base64')}`,
});

/** What a tunnel to `target` answers to `text`. */
const tunnel = (target: string, text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let got = '';
    socket.on('error', reject).on('end', () => resolve(got));
    socket.on('data', (chunk: Buffer) => {
      if (got === '' && chunk.toString().startsWith('HTTP/1.1 200 Connection Established')) socket.write(text);
      got += chunk.toString();
    });
    socket.write(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n\r\n`);
  });

describe('the HTTP proxy', () => {
  it.each(['http://web/hostname', 'http://web.default/hostname', 'http://web.default.svc.cluster.local/hostname'])(
    'brings %s to a pod of the Service',
    async (url) => expect(await ask(url)).toMatchObject({ status: 200, body: 'web' }),
  );

  it('has the view of a pod of the namespace that the user name says', async () => {
    expect((await ask('http://web/hostname', as('shop'))).body).toBe('shop-web');
    expect((await ask('http://web.default/hostname', as('shop'))).body).toBe('web');
  });

  it('sends bodies and headers on, without its own', async () => {
    const body = 'x'.repeat(100_000);
    const answer = await ask('http://web/echo?msg=hello', { ...as('default'), 'x-mine': '1' }, 'POST', body);
    expect(answer).toMatchObject({ status: 200, body: 'hello' });
    const seen = await ask('http://web/header?key=Proxy-Authorization', as('default'));
    expect(seen.body).not.toContain('Basic');
  });

  it.each([
    ['http://nobody', 502, 'a pod of namespace default cannot resolve nobody: the cluster has no such name'],
    ['http://empty', 502, 'refused the connection: nothing listens there, or the Service has no ready endpoint'],
    ['http://127.0.0.1:22', 502, 'refused the connection'],
    ['http://example.com', 502, 'its DNS asks no other server'],
  ])('says why it cannot reach %s', async (url, status, reason) => {
    const answer = await ask(url);
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(reason);
  });

  it('lets a client go that waits for what does not answer', async () => {
    const sent = request({ host: '127.0.0.1', port, path: 'http://web.shop:81', timeout: 100 });
    await new Promise((resolve) =>
      sent
        .on('timeout', () => sent.destroy())
        .on('error', resolve)
        .end(),
    );
    expect((await ask('http://web/hostname')).status).toBe(200);
  });

  it('says that a namespace is missing', async () => {
    expect(await ask('http://web', as('nowhere'))).toMatchObject({
      status: 502,
      body: 'kubarium: there is no namespace nowhere\n',
    });
  });

  it('answers 400 to what is no request to a proxy', async () => {
    const sent = request({ host: '127.0.0.1', port, path: '/hostname' }).end();
    const status = await new Promise((resolve) => sent.on('response', ({ statusCode }) => resolve(statusCode)));
    expect(status).toBe(400);
  });

  it('makes tunnels with CONNECT', async () => {
    const answer = await tunnel('web.default:80', 'GET /hostname HTTP/1.1\r\nhost: web\r\nconnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 200 Connection Established\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
    expect(answer).toMatch(/web$/);
    expect(await tunnel('nobody:80', '')).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n[^]*its DNS asks no other server\n$/);
    expect(await tunnel('web', '')).toMatch(/^HTTP\/1\.1 400 Bad Request/);
  });
});
