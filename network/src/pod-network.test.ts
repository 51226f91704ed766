import { createServer, request } from 'node:http';
import type { Connection, PathStage, Verdict } from '@kubarium/shared';
import { describe, expect, it } from 'vitest';
import { codeOf, networkFixture, textOf, traceFixture, turns } from './testing/network-fixture.ts';

const stage = (decide: PathStage['decide'], more: Partial<PathStage> = {}): PathStage => ({
  name: 'test',
  decide,
  ...more,
});
const always = (verdict: Verdict): PathStage => stage(() => verdict);

describe('connect', () => {
  it('opens a connection between pods, each seeing the other by its own address', async () => {
    const { pod } = networkFixture();
    const accepted: Connection[] = [];
    pod('10.244.1.2').listen({ port: 80 }, (connection) => accepted.push(connection));
    const client = await pod('10.244.2.3').connect({ address: '10.244.1.2', port: 80 });
    expect(client).toMatchObject({ localAddress: '10.244.2.3', remoteAddress: '10.244.1.2', remotePort: 80 });
    expect(accepted).toMatchObject([
      { localAddress: '10.244.1.2', localPort: 80, remoteAddress: '10.244.2.3', remotePort: client.localPort },
    ]);
    client.end('hello');
    await expect(textOf(accepted[0]!)).resolves.toBe('hello');
  });

  it('is refused at once where nothing listens on a live address', async () => {
    const { pod, clock } = networkFixture();
    pod('10.244.1.2');
    const before = clock.now();
    const promise = pod('10.244.1.3').connect({ address: '10.244.1.2', port: 81 });
    await expect(promise).rejects.toMatchObject({
      code: 'ECONNREFUSED',
      syscall: 'connect',
      message: 'connect ECONNREFUSED 10.244.1.2:81',
    });
    expect(clock.now()).toBe(before);
  });

  it.each([
    ['an address that nobody has', '192.0.2.1', {}, 127_000, 'ETIMEDOUT'],
    ['an address that nobody has, with less patience', '192.0.2.1', { timeoutMs: 5_000 }, 5_000, 'ETIMEDOUT'],
    ['a pod address without a pod', '10.244.9.9', {}, 3_000, 'EHOSTUNREACH'],
    ['a pod address without a pod, with less patience', '10.244.9.9', { timeoutMs: 1_000 }, 1_000, 'ETIMEDOUT'],
  ])('fails for %s', async (_, address, options, afterMs, code) => {
    const { pod, clock } = networkFixture();
    let result: unknown;
    const start = clock.now();
    void codeOf(pod('10.244.1.2').connect({ address, port: 80, ...options })).then((got) => (result = got));
    await turns();
    while (result === undefined && clock.fireNext(start + 1_000_000)) await turns();
    expect([result, clock.now() - start]).toEqual([code, afterMs]);
    expect(clock.nextTimer()).toBeUndefined();
  });

  it('is unreachable at once for an IPv6 address', async () => {
    const { pod } = networkFixture();
    const promise = pod('10.244.1.2').connect({ address: '2001:db8::1', port: 80 });
    await expect(promise).rejects.toMatchObject({ code: 'ENETUNREACH' });
  });

  it('succeeds with a repeated SYN once what dropped the first one is gone', async () => {
    let open = false;
    const { pod, clock, network } = networkFixture([stage(() => ({ action: open ? 'pass' : 'drop' }))]);
    pod('10.244.1.2').listen({ port: 80 }, () => {});
    const promise = pod('10.244.1.3').connect({ address: '10.244.1.2', port: 80 });
    await turns();
    open = true;
    await turns();
    expect(network.inFlight).toBe(0);
    clock.advance(1_000);
    await expect(promise).resolves.toMatchObject({ remotePort: 80 });
    expect(clock.nextTimer()).toBeUndefined();
  });

  it('goes where a stage sends it, and still shows the address that was asked', async () => {
    const destination = { address: '10.244.1.2', port: 8080 };
    const { pod } = networkFixture([always({ action: 'rewrite', destination, sourceAddress: '172.18.0.3' })]);
    const accepted: Connection[] = [];
    pod('10.244.1.2').listen({ port: 8080 }, (connection) => accepted.push(connection));
    const client = await pod('10.244.1.3').connect({ address: '10.96.0.1', port: 443 });
    expect(client).toMatchObject({ remoteAddress: '10.96.0.1', remotePort: 443 });
    expect(accepted[0]).toMatchObject({ localPort: 8080, remoteAddress: '172.18.0.3' });
  });

  it('asks the stages in order, each seeing what the ones before it made of the flow', async () => {
    const seen: string[] = [];
    const { pod, network } = networkFixture();
    network.addStage(stage(() => ({ action: 'rewrite', destination: { address: '10.244.1.2', port: 1 } })));
    network.addStage(
      stage((flow) => {
        seen.push(`${flow.from.pod?.name} ${flow.source.address} ${flow.destination.address}:${flow.destination.port}`);
        return { action: 'refuse' };
      }),
    );
    await expect(codeOf(pod('10.244.1.3').connect({ address: '10.96.0.1', port: 443 }))).resolves.toBe('ECONNREFUSED');
    expect(seen).toEqual(['pod-10.244.1.3 10.244.1.3 10.244.1.2:1']);
  });

  it('rejects with the reason of an aborted signal, before and while it waits', async () => {
    const { pod } = networkFixture([always({ action: 'drop' })]);
    const from = pod('10.244.1.3');
    const options = { address: '10.244.1.2', port: 80 };
    await expect(from.connect({ ...options, signal: AbortSignal.abort('early') })).rejects.toBe('early');
    const controller = new AbortController();
    const promise = from.connect({ ...options, signal: controller.signal });
    await turns();
    controller.abort('late');
    await expect(promise).rejects.toBe('late');
  });

  it('fails when its own sandbox is unplugged', async () => {
    const { attachPod } = networkFixture([always({ action: 'drop' })]);
    const attachment = attachPod('10.244.1.3');
    const promise = attachment.network.connect({ address: '10.244.1.2', port: 80 });
    attachment[Symbol.dispose]();
    await expect(promise).rejects.toMatchObject({ code: 'ENETUNREACH' });
  });

  it('takes another ephemeral port each time and gives it back', async () => {
    const { pod } = networkFixture();
    pod('10.244.1.2').listen({ port: 80 }, (connection) => connection.resume().end());
    const from = pod('10.244.1.3');
    const ports = new Set<number>();
    for (let i = 0; i < 20; i++) {
      const connection = await from.connect({ address: '10.244.1.2', port: 80 });
      ports.add(connection.localPort);
      connection.destroy();
    }
    expect(ports.size).toBe(20);
    for (const port of ports) expect(port).toSatisfy((p: number) => p >= 32768 && p <= 60999);
  });

  it('draws the same ephemeral ports from the same seed', async () => {
    const run = async (): Promise<number> => {
      const { pod } = networkFixture();
      pod('10.244.1.2').listen({ port: 80 }, () => {});
      return (await pod('10.244.1.3').connect({ address: '10.244.1.2', port: 80 })).localPort;
    };
    expect(await run()).toBe(await run());
  });

  it('logs what a program throws on a new connection, and goes on', async () => {
    const { pod, failures } = networkFixture();
    const error = new Error('boom');
    pod('10.244.1.2').listen({ port: 80 }, () => {
      throw error;
    });
    await pod('10.244.1.3').connect({ address: '10.244.1.2', port: 80 });
    expect(failures).toEqual([{ err: error }]);
  });
});

describe('addresses', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '10.244.1.2', false],
    ['127.0.0.1', '127.0.0.2', false],
    ['0.0.0.0', '127.0.0.1', true],
    ['0.0.0.0', '127.0.0.2', true],
    ['0.0.0.0', '10.244.1.2', true],
    ['10.244.1.2', '10.244.1.2', true],
    ['10.244.1.2', '127.0.0.1', false],
  ])('a listener on %s answers the own pod at %s: %s', async (address, asked, answers) => {
    const { pod } = networkFixture();
    const self = pod('10.244.1.2');
    self.listen({ address, port: 80 }, () => {});
    const result = codeOf(self.connect({ address: asked, port: 80 }));
    await expect(result).resolves.toBe(answers ? 'resolved' : 'ECONNREFUSED');
  });

  it("keeps a pod's loopback and own address away from the stages, but not a node's", async () => {
    const { pod, network } = networkFixture([always({ action: 'refuse' })]);
    const self = pod('10.244.1.2');
    self.listen({ port: 80 }, () => {});
    await expect(codeOf(self.connect({ address: '127.0.0.1', port: 80 }))).resolves.toBe('resolved');
    await expect(codeOf(self.connect({ address: '10.244.1.2', port: 80 }))).resolves.toBe('resolved');
    const node = network.host('node-1', ['172.18.0.3']).network;
    node.listen({ port: 80 }, () => {});
    await expect(codeOf(node.connect({ address: '127.0.0.1', port: 80 }))).resolves.toBe('ECONNREFUSED');
  });

  it('refuses to attach an address twice', () => {
    const { pod } = networkFixture();
    pod('10.244.1.2');
    expect(() => pod('10.244.1.2')).toThrow('address 10.244.1.2 is already attached');
  });

  it("refuses to listen on an address that is not the pod's", () => {
    const { pod } = networkFixture();
    expect(() => pod('10.244.1.2').listen({ address: '10.244.1.9', port: 80 }, () => {})).toThrow(
      'listen EADDRNOTAVAIL 10.244.1.9:80',
    );
  });

  it('tells who has an address and what listens there', () => {
    const { pod, network } = networkFixture();
    const self = pod('10.244.1.2');
    self.listen({ port: 80 }, () => {});
    self.bind({ port: 53, address: '127.0.0.1', onDatagram() {} });
    expect(network.ownerOf('10.244.1.2')?.pod?.name).toBe('pod-10.244.1.2');
    expect(network.ownerOf('10.244.1.3')).toBeUndefined();
    expect(network.openPortsOf('10.244.1.2')).toEqual([
      { protocol: 'TCP', address: '0.0.0.0', port: 80 },
      { protocol: 'UDP', address: '127.0.0.1', port: 53 },
    ]);
  });
});

describe('unplugging', () => {
  it('resets open connections, closes listeners and frees the address', async () => {
    const { attachPod, pod } = networkFixture();
    const server = attachPod('10.244.1.2');
    server.network.listen({ port: 80 }, () => {});
    const client = await pod('10.244.1.3').connect({ address: '10.244.1.2', port: 80 });
    const closed = new Promise((resolve) => client.on('error', resolve));
    server[Symbol.dispose]();
    await expect(closed).resolves.toMatchObject({ code: 'ECONNRESET' });
    expect(server.network.openPorts()).toEqual([]);
    expect(() => server.network.listen({ port: 80 }, () => {})).toThrow('EADDRNOTAVAIL');
    expect(() => attachPod('10.244.1.2')).not.toThrow();
  });

  it('of one host-network pod leaves the node and its other pods alone', async () => {
    const { network } = networkFixture();
    const kubelet = network.host('node-1', ['172.18.0.3']);
    const pod = network.host('node-1', ['172.18.0.3']);
    kubelet.network.listen({ port: 10250 }, () => {});
    pod.network.listen({ port: 80 }, () => {});
    expect(() => kubelet.network.listen({ port: 80 }, () => {})).toThrow('EADDRINUSE');
    const other = network.host('control-plane', ['172.18.0.2']).network;
    pod[Symbol.dispose]();
    await expect(codeOf(other.connect({ address: '172.18.0.3', port: 80 }))).resolves.toBe('ECONNREFUSED');
    await expect(codeOf(other.connect({ address: '172.18.0.3', port: 10250 }))).resolves.toBe('resolved');
  });
});

describe('hostPorts', () => {
  it("answers on the node's address with the pod, until the pod is gone", async () => {
    const { network, attachPod, pod } = networkFixture();
    network.host('node-1', ['172.18.0.3']);
    const web = attachPod('10.244.1.2', [{ protocol: 'TCP', hostPort: 8080, containerPort: 80 }]);
    const accepted: Connection[] = [];
    web.network.listen({ port: 80 }, (connection) => accepted.push(connection));
    const client = pod('10.244.2.3');
    await expect(codeOf(client.connect({ address: '172.18.0.3', port: 8080 }))).resolves.toBe('resolved');
    expect(accepted[0]).toMatchObject({ localAddress: '10.244.1.2', localPort: 80, remoteAddress: '10.244.2.3' });
    web[Symbol.dispose]();
    await expect(codeOf(client.connect({ address: '172.18.0.3', port: 8080 }))).resolves.toBe('ECONNREFUSED');
  });
});

describe('datagrams', () => {
  it('go to the socket that is bound, and answers come back', async () => {
    const { pod } = networkFixture();
    const got: string[] = [];
    const server = pod('10.244.1.2').bind({
      port: 53,
      onDatagram: ({ data, from }) => server.send(Buffer.from(`re: ${Buffer.from(data).toString()}`), from),
    });
    const client = pod('10.244.1.3').bind({
      port: 0,
      onDatagram: ({ data, from }) => got.push(`${Buffer.from(data).toString()} from ${from.address}:${from.port}`),
    });
    client.send(Buffer.from('a'), { address: '10.244.1.2', port: 53 });
    client.send(Buffer.from('b'), { address: '10.244.1.2', port: 53 });
    expect(got).toEqual([]);
    await turns();
    expect(got).toEqual(['re: a from 10.244.1.2:53', 're: b from 10.244.1.2:53']);
  });

  it('report a closed port as ECONNREFUSED, and a refusing stage likewise', async () => {
    let verdict: Verdict = { action: 'pass' };
    const { pod } = networkFixture([stage(() => verdict)]);
    pod('10.244.1.2');
    const errors: unknown[] = [];
    const client = pod('10.244.1.3').bind({ port: 0, onDatagram() {}, onError: (error) => errors.push(error) });
    client.send(Buffer.from('a'), { address: '10.244.1.2', port: 53 });
    await turns();
    verdict = { action: 'refuse' };
    client.send(Buffer.from('a'), { address: '10.96.0.10', port: 53 });
    client.send(Buffer.from('a'), { address: '192.0.2.1', port: 53 });
    await turns();
    expect(errors).toMatchObject([
      { code: 'ECONNREFUSED', address: '10.244.1.2' },
      { code: 'ECONNREFUSED', address: '10.96.0.10' },
      { code: 'ECONNREFUSED', address: '192.0.2.1' },
    ]);
  });

  it('hold 65,507 bytes and no more', () => {
    const { pod } = networkFixture();
    const client = pod('10.244.1.3').bind({ port: 0, onDatagram() {} });
    const to = { address: '10.244.1.2', port: 53 };
    expect(() => client.send(Buffer.alloc(65_507), to)).not.toThrow();
    expect(() => client.send(Buffer.alloc(65_508), to)).toThrow('send EMSGSIZE 10.244.1.2:53');
  });

  describe('of a rewritten flow', () => {
    const VIP = { address: '10.96.0.10', port: 53 };
    const fixture = (sourceAddress?: string) => {
      let target = '10.244.1.2';
      let asked = 0;
      const standing = new Set(['10.244.1.2', '10.244.1.4']);
      const virtualIp = stage(
        (flow) => {
          if (flow.destination.address !== VIP.address) return { action: 'pass' };
          asked++;
          return { action: 'rewrite', destination: { address: target, port: 5353 }, sourceAddress };
        },
        { stands: (_, destination) => standing.has(destination.address) },
      );
      const base = networkFixture([virtualIp]);
      for (const address of ['10.244.1.2', '10.244.1.4']) {
        const server = base.pod(address).bind({
          port: 5353,
          onDatagram: ({ from }) => server.send(Buffer.from(`${address} saw ${from.address}`), from),
        });
      }
      const got: string[] = [];
      const client = base.pod('10.244.2.3').bind({
        port: 40_000,
        onDatagram: ({ data, from }) => got.push(`${from.address}:${from.port} ${Buffer.from(data).toString()}`),
      });
      const ask = async (): Promise<string | undefined> => {
        client.send(Buffer.from('?'), VIP);
        await turns();
        return got.at(-1);
      };
      return {
        ...base,
        ask,
        standing,
        moveTo: (address: string) => (target = address),
        asked: () => asked,
        got,
        client,
      };
    };

    it('seem answered by the address that was asked, and keep their target', async () => {
      const { ask, moveTo, asked } = fixture();
      expect(await ask()).toBe('10.96.0.10:53 10.244.1.2 saw 10.244.2.3');
      moveTo('10.244.1.4');
      expect(await ask()).toBe('10.96.0.10:53 10.244.1.2 saw 10.244.2.3');
      expect(asked()).toBe(1);
    });

    it('move when their target no longer stands', async () => {
      const { ask, moveTo, standing } = fixture();
      await ask();
      moveTo('10.244.1.4');
      standing.delete('10.244.1.2');
      expect(await ask()).toBe('10.96.0.10:53 10.244.1.4 saw 10.244.2.3');
    });

    it('are decided anew after 120 s without traffic', async () => {
      const { ask, moveTo, clock } = fixture();
      await ask();
      moveTo('10.244.1.4');
      clock.advance(119_000);
      expect(await ask()).toMatch('10.244.1.2 saw');
      clock.advance(120_000);
      expect(await ask()).toMatch('10.244.1.4 saw');
    });

    it('find back through a masqueraded source', async () => {
      const { ask } = fixture('172.18.0.3');
      expect(await ask()).toBe('10.96.0.10:53 10.244.1.2 saw 172.18.0.3');
    });
  });
});

describe("datagrams from a node's loopback", () => {
  it('that are sent on to a pod are answered there', async () => {
    const destination = { address: '10.244.1.2', port: 5353 };
    const nodePort = stage((flow) =>
      flow.destination.port === 30053
        ? { action: 'rewrite', destination, sourceAddress: '172.18.0.3' }
        : { action: 'pass' },
    );
    const { network, pod } = networkFixture([nodePort]);
    const server = pod('10.244.1.2').bind({
      port: 5353,
      onDatagram: ({ from }) => server.send(Buffer.from(`saw ${from.address}`), from),
    });
    const got: string[] = [];
    const client = network.host('node-1', ['172.18.0.3']).network.bind({
      port: 0,
      onDatagram: ({ data, from }) => got.push(`${from.address}:${from.port} ${Buffer.from(data).toString()}`),
    });
    client.send(Buffer.from('?'), { address: '127.0.0.1', port: 30053 });
    await turns();
    expect(got).toEqual(['127.0.0.1:30053 saw 172.18.0.3']);
  });
});

describe('a trace', () => {
  it('tells at which listener a connect arrived, and what listens where it did not', async () => {
    const { pod } = networkFixture();
    const server = pod('10.244.1.2');
    server.listen({ port: 80, address: '127.0.0.1' }, () => {});
    server.listen({ port: 8080 }, () => {});
    const trace = traceFixture();
    const client = pod('10.244.2.3');
    await client.connect({ address: '10.244.1.2', port: 8080, trace });
    await codeOf(client.connect({ address: '10.244.1.2', port: 80, trace }));
    expect(trace.hops).toMatchObject([
      { stage: 'connect', where: 'pod default/pod-10.244.1.2 on node-1', verdict: 'connected', ok: true },
      {
        verdict: 'connection refused',
        reason: 'nothing listens on 10.244.1.2:80; open: TCP 127.0.0.1:80, TCP 0.0.0.0:8080',
        ok: false,
        alternatives: [
          { what: 'TCP 127.0.0.1:80', why: 'reached from within the pod only', taken: false },
          { what: 'TCP 0.0.0.0:8080', why: 'another port', taken: false },
        ],
      },
    ]);
  });
});

describe('node:http', () => {
  it('runs over the connections unchanged, keep-alive or not', async () => {
    const { pod } = networkFixture();
    const server = createServer((incoming, response) => {
      incoming.resume().on('end', () => response.end(`${incoming.method} ${incoming.url}`));
    });
    pod('10.244.1.2').listen({ port: 80 }, (connection) => server.emit('connection', connection));
    const client = pod('10.244.1.3');
    const get = (path: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const outgoing = request(
          {
            path,
            host: '10.244.1.2',
            method: 'POST',
            createConnection: (_, done) => {
              client.connect({ address: '10.244.1.2', port: 80 }).then(
                (connection) => done(null, connection),
                (error: Error) => done(error, undefined as never),
              );
              return undefined as never;
            },
          },
          (response) => void textOf(response as never).then(resolve, reject),
        );
        outgoing.on('error', reject).end('x'.repeat(300_000));
      });
    await expect(Promise.all([get('/a'), get('/b')])).resolves.toEqual(['POST /a', 'POST /b']);
  });
});
