import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { TestNode } from './testing/test-node.ts';

const logs = async (node: TestNode, over: object = {}): Promise<string> =>
  text(await node.kubelet.api.containerLogs(node.pod(), { container: 'main', ...over }));

const streams = { container: 'main', stdin: false, stdout: true, stderr: true, tty: false };

it('gives the log of the container, and of the run before', async () => {
  await using node = await TestNode.start();
  await node.run();
  node.containers.last('main').options.streams.stdout.write('first\n');
  await expect(logs(node, { previous: true })).rejects.toThrow(
    'previous terminated container "main" in pod "pod" not found',
  );
  node.containers.last('main').end(1);
  await node.settle();
  node.containers.last('main').options.streams.stderr.write('second\n');
  expect(await logs(node)).toBe('second\n');
  expect(await logs(node, { previous: true })).toBe('first\n');
  node.containers.last('main').end(1);
  await node.settle();
  expect(await logs(node)).toBe('second\n');
  expect(await logs(node, { previous: true })).toBe('second\n');
});

it.each<[string, object, string]>([
  ['ErrImagePull', { image: 'x:404' }, 'container "main" in pod "pod" is waiting to start: image can\'t be pulled'],
  ['InvalidImageName', { image: 'UP' }, 'container "main" in pod "pod" is waiting to start: InvalidImageName'],
])('says why there is no log: %s', async (_, container, message) => {
  await using node = await TestNode.start();
  await node.run({ spec: { containers: [{ name: 'main', ...container }] } });
  await expect(logs(node)).rejects.toMatchObject({ code: 400, reason: 'BadRequest', message });
});

it('runs a command with its streams and exit code', async () => {
  await using node = await TestNode.start();
  await node.run();
  node.containers.last('main').onExec = ([name]) => ({ output: `ran ${name}`, exitCode: 3 });
  const session = await node.kubelet.api.exec(node.pod(), { ...streams, command: ['ls'] });
  expect(await text(session.stdout!)).toBe('ran ls');
  expect(await session.exit).toBe(3);
});

it('says that a command is not there, with 127', async () => {
  await using node = await TestNode.start();
  await node.run();
  const session = await node.kubelet.api.exec(node.pod(), { ...streams, command: ['missing'] });
  expect(await text(session.stderr!)).toBe(
    'OCI runtime exec failed: exec failed: unable to start container process: exec: "missing": executable file not found in $PATH: unknown\n',
  );
  expect(await session.exit).toBe(127);
});

it('refuses to run a command in a container that is not there, and to attach to it', async () => {
  await using node = await TestNode.start();
  await node.run();
  const { api } = node.kubelet;
  const options = { ...streams, container: 'x' };
  await expect(api.exec(node.pod(), { ...options, command: ['ls'] })).rejects.toMatchObject({
    code: 404,
    message: 'container not found ("x")',
  });
  const { name, namespace } = node.pod().metadata;
  await expect(api.attach(node.pod(), options)).rejects.toMatchObject({
    code: 404,
    message: `container x not found in pod ${name}_${namespace}`,
  });
});

it('attaches to the streams of the first process', async () => {
  await using node = await TestNode.start();
  await node.run({
    spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'x', stdin: true, stdinOnce: true }] },
  });
  const { options } = node.containers.last('main');
  options.streams.stdout.write('before\n');
  const session = await node.kubelet.api.attach(node.pod(), { ...streams, stdin: true });
  options.streams.stdout.write('out');
  options.streams.stderr.write('err');
  session.stdin!.end('typed');
  expect(await text(options.streams.stdin!)).toBe('typed');
  node.containers.last('main').end(5);
  expect(await session.exit).toBe(0);
  expect([await text(session.stdout!), await text(session.stderr!)]).toEqual(['out', 'err']);
});

it('passes the size of a terminal on', async () => {
  await using node = await TestNode.start();
  await node.run({ spec: { containers: [{ name: 'main', image: 'x', stdin: true, tty: true }] } });
  const { options } = node.containers.last('main');
  const session = await node.kubelet.api.attach(node.pod(), { ...streams, stdin: true, tty: true });
  let resized = 0;
  options.streams.terminal!.onResize(() => resized++);
  session.resize(100, 50);
  session.resize(100, 50);
  expect([options.streams.terminal!.columns, options.streams.terminal!.rows, resized]).toEqual([100, 50, 1]);
  expect(options.env['TERM']).toBe('xterm');
  expect(session.stderr).toBeUndefined();
});

it('forwards a port of a pod that runs, and of no other', async () => {
  await using node = await TestNode.start();
  const pod = await node.run();
  const asked: unknown[] = [];
  node.network.connect = (options) => {
    asked.push(options);
    return Promise.reject(new Error('stop here'));
  };
  await expect(node.kubelet.api.portForward(pod, 80)).rejects.toThrow('stop here');
  expect(asked).toEqual([{ address: '127.0.0.1', port: 80 }]);
  const other = { ...pod, metadata: { ...pod.metadata, uid: 'another' } };
  await expect(node.kubelet.api.portForward(other, 80)).rejects.toMatchObject({ code: 'EHOSTUNREACH' });
});
