import { afterEach, describe, expect, it } from 'vitest';
import type { Pod } from '../api/core-v1.ts';
import type { ApiList } from '../api/object.ts';
import { PODS } from '../api/resources.ts';
import { StatusError } from '../apimachinery/status-error.ts';
import { type Logger, silentLogger } from '../runtime/logger.ts';
import { seededRandom } from '../runtime/random.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { ScriptedTransport, turns } from '../testing/index.ts';
import { KubeClient } from './kube-client.ts';
import { SharedInformer } from './shared-informer.ts';

const makePod = (name: string, resourceVersion: string, uid = `uid-${name}`): Pod =>
  ({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'default', name, resourceVersion, uid } }) as Pod;

const bookmark = (resourceVersion: string, end = false): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { resourceVersion, ...(end ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}) },
  }) as unknown as Pod;

const expired = (): StatusError =>
  new StatusError({ code: 410, reason: 'Expired', message: 'too old resource version' });
const unreachable = (): StatusError => new StatusError({ code: 503, reason: 'ServiceUnavailable', message: 'refused' });

const running: SharedInformer<Pod>[] = [];
afterEach(async () => {
  for (const informer of running.splice(0)) await informer[Symbol.asyncDispose]();
});

function makeInformer() {
  const transport = new ScriptedTransport();
  const clock = new VirtualClock();
  const errors: string[] = [];
  const logger: Logger = { ...silentLogger, error: (_facts, message) => void errors.push(message) };
  const informer = new SharedInformer({
    client: new KubeClient(transport),
    runtime: { clock, random: seededRandom(1), logger },
    resource: PODS,
  });
  informer.addIndexers({ namespace: (pod) => [pod.metadata.namespace ?? ''] });
  running.push(informer);
  const told: string[] = [];
  const handler = {
    added: (pod: Pod) => void told.push(`+${pod.metadata.name}${pod.metadata.resourceVersion}`),
    updated: (pod: Pod, previous: Pod) =>
      void told.push(`~${pod.metadata.name}${previous.metadata.resourceVersion}>${pod.metadata.resourceVersion}`),
    deleted: (pod: Pod) => void told.push(`-${pod.metadata.name}`),
  };
  informer.onChange(handler);
  const latest = () => transport.watches.at(-1)!;
  return { transport, clock, informer, told, handler, errors, latest };
}

async function synced(pods: Pod[], resourceVersion = '10') {
  const made = makeInformer();
  const started = made.informer.start();
  await turns();
  for (const pod of pods) made.latest().send('ADDED', pod);
  made.latest().send('BOOKMARK', bookmark(resourceVersion, true));
  await started;
  return made;
}

describe('SharedInformer', () => {
  it('fills its cache by a streamed list and tells each object once', async () => {
    const { transport, informer, told } = await synced([makePod('a', '1'), makePod('b', '2')]);
    expect(transport.watches[0]!.query).toEqual({
      allowWatchBookmarks: 'true',
      sendInitialEvents: 'true',
      resourceVersionMatch: 'NotOlderThan',
    });
    expect(told).toEqual(['+a1', '+b2']);
    expect(informer.store.byIndex('namespace', 'default')).toHaveLength(2);
    expect(informer.synced).toBe(true);
  });

  it('tells changes in order after the cache has them', async () => {
    const { informer, told, latest } = await synced([makePod('a', '1')]);
    informer.onChange({ updated: (pod) => expect(informer.store.get('default/a')).toBe(pod) });
    latest().send('ADDED', makePod('b', '11'));
    latest().send('MODIFIED', makePod('a', '12'));
    latest().send('DELETED', makePod('b', '13'));
    expect(told).toEqual(['+a1', '+b11', '~a1>12', '-b']);
  });

  it('tells a late handler of what is in the cache, and then of each change once', async () => {
    const { informer, told, handler, latest } = await synced([makePod('a', '1')]);
    told.length = 0;
    informer.onChange(handler);
    expect(told).toEqual(['+a1']);
    latest().send('ADDED', makePod('b', '11'));
    expect(told).toEqual(['+a1', '+b11', '+b11']);
  });

  it('resumes an ended watch from the last resourceVersion that it saw', async () => {
    const { transport, told, latest } = await synced([makePod('a', '1')]);
    latest().send('MODIFIED', makePod('a', '12'));
    latest().send('BOOKMARK', bookmark('15'));
    latest().end();
    await turns();
    expect(transport.watches).toHaveLength(2);
    expect(latest().query).toEqual({ allowWatchBookmarks: 'true', resourceVersion: '15' });
    latest().send('DELETED', makePod('a', '16'));
    expect(told).toEqual(['+a1', '~a1>12', '-a']);
  });

  it('lists again after 410 and tells only the differences', async () => {
    const { told, latest } = await synced([makePod('a', '1'), makePod('b', '2'), makePod('c', '3'), makePod('d', '4')]);
    told.length = 0;
    latest().end(expired());
    await turns();
    expect(latest().query).toMatchObject({ sendInitialEvents: 'true' });
    latest().send('ADDED', makePod('a', '1'));
    latest().send('ADDED', makePod('b', '20'));
    latest().send('ADDED', makePod('d', '21', 'another-uid'));
    latest().send('ADDED', makePod('e', '22'));
    latest().send('BOOKMARK', bookmark('30', true));
    expect(told).toEqual(['-c', '~b2>20', '-d', '+d21', '+e22']);
  });

  it('backs off on the clock, doubling, while the server cannot be reached', async () => {
    const { transport, clock, informer, latest } = makeInformer();
    const started = informer.start();
    for (const delayMs of [800, 1600, 3200]) {
      await turns();
      const before = transport.watches.length;
      latest().end(unreachable());
      await turns();
      expect(clock.nextTimer()! - clock.now()).toBe(delayMs);
      clock.advance(delayMs);
      await turns();
      expect(transport.watches).toHaveLength(before + 1);
    }
    latest().send('BOOKMARK', bookmark('10', true));
    await started;
  });

  it('falls back to LIST, page by page, where the server does not stream lists', async () => {
    const { transport, informer, told, latest } = makeInformer();
    transport.answer = ({ query }) => {
      const isSecond = query?.['continue'] === 'next';
      const list: ApiList<Pod> = {
        apiVersion: 'v1',
        kind: 'PodList',
        metadata: { resourceVersion: '10', ...(isSecond ? {} : { continue: 'next' }) },
        items: [makePod(isSecond ? 'b' : 'a', '1')].map(({ metadata }) => ({ metadata }) as Pod),
      };
      return list as never;
    };
    const started = informer.start();
    await turns();
    latest().end(new StatusError({ code: 422, reason: 'Invalid', message: 'sendInitialEvents is forbidden' }));
    await started;
    expect(told).toEqual(['+a1', '+b1']);
    expect(informer.store.get('default/a')!.kind).toBe('Pod');
    await turns();
    expect(latest().query).toEqual({ allowWatchBookmarks: 'true', resourceVersion: '10' });
  });

  it('lists from the beginning where a page could not be had', async () => {
    const { transport, clock, informer, told, latest } = makeInformer();
    let failures = 1;
    transport.answer = ({ query }) => {
      const isSecond = query?.['continue'] === 'next';
      if (isSecond && failures-- > 0) throw unreachable();
      return {
        apiVersion: 'v1',
        kind: 'PodList',
        metadata: { resourceVersion: '10', ...(isSecond ? {} : { continue: 'next' }) },
        items: [makePod(isSecond ? 'b' : 'a', '1')],
      } as never;
    };
    const started = informer.start();
    await turns();
    latest().end(new StatusError({ code: 422, reason: 'Invalid', message: 'sendInitialEvents is forbidden' }));
    await turns();
    clock.fireMoment();
    await started;
    expect(told).toEqual(['+a1', '+b1']);
  });

  it('does not ask in a tight circle where each watch ends at once', async () => {
    const { transport, clock, latest } = await synced([]);
    for (let round = 0; round < 3; round++) {
      latest().end();
      await turns();
    }
    expect(transport.watches).toHaveLength(2);
    expect(clock.nextTimer()).toBeDefined();
  });

  it('logs a handler that throws as an invariant and tells the others', async () => {
    const { informer, handler, told, errors, latest } = await synced([]);
    informer.onChange({
      added: () => {
        throw new Error('a bug');
      },
    });
    informer.onChange(handler);
    latest().send('ADDED', makePod('a', '11'));
    expect(errors).toEqual(['invariant: an informer handler threw']);
    expect(told).toEqual(['+a11', '+a11']);
  });

  it('closes its watch and fails a pending start when it is disposed', async () => {
    const { informer, transport } = makeInformer();
    const started = informer.start();
    await turns();
    await informer[Symbol.asyncDispose]();
    await expect(started).rejects.toThrow('informer/pods was stopped before it had synced');
    expect(transport.watches[0]!.isClosed).toBe(true);
  });
});
