import { badRequest } from '@kubarium/shared';
import type { ResourceRequestInfo } from '../request-info.ts';
import { attach, exec } from './exec.ts';
import { podLog, podLogUpgrade } from './pod-log.ts';
import { portForward } from './port-forward.ts';
import { proxy, proxyUpgrade } from './proxy.ts';
import { podOf, type StreamingHandler, type UpgradeHandler } from './streaming-call.ts';

const upgradeRequired: StreamingHandler = async (call) => {
  await podOf(call);
  throw badRequest('Upgrade request required');
};

const HANDLERS: Readonly<Record<string, StreamingHandler>> = {
  'pods/log': podLog,
  'pods/exec': upgradeRequired,
  'pods/attach': upgradeRequired,
  'pods/portforward': upgradeRequired,
  'pods/proxy': proxy,
  'services/proxy': proxy,
};

const UPGRADES: Readonly<Record<string, UpgradeHandler>> = {
  'pods/log': podLogUpgrade,
  'pods/exec': exec,
  'pods/attach': attach,
  'pods/portforward': portForward,
  'pods/proxy': proxyUpgrade,
  'services/proxy': proxyUpgrade,
};

/** The handler of a subresource that is a connection rather than an object. */
export const streamingHandler = ({ group, resource, subresource }: ResourceRequestInfo): StreamingHandler | undefined =>
  group === '' ? HANDLERS[`${resource}/${subresource}`] : undefined;

/** The same for requests to upgrade the connection. */
export const upgradeHandler = ({ group, resource, subresource }: ResourceRequestInfo): UpgradeHandler | undefined =>
  group === '' ? UPGRADES[`${resource}/${subresource}`] : undefined;
