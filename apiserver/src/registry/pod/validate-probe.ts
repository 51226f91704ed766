import type {
  ExecAction,
  GRPCAction,
  HTTPGetAction,
  Lifecycle,
  LifecycleHandler,
  Probe,
  SleepAction,
  TCPSocketAction,
} from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { forbidden, invalid, invalidEach, notSupported, required } from '../validation/field-error.ts';
import { nonNegativeErrors } from '../validation/immutable.ts';
import { httpHeaderNameErrors } from '../validation/names.ts';
import { portErrors } from '../validation/port.ts';

interface Handler {
  readonly exec?: ExecAction | undefined;
  readonly httpGet?: HTTPGetAction | undefined;
  readonly tcpSocket?: TCPSocketAction | undefined;
  readonly grpc?: GRPCAction | undefined;
  readonly sleep?: SleepAction | undefined;
}

export type ProbeKind = 'livenessProbe' | 'readinessProbe' | 'startupProbe';

/** What is wrong with a probe; `field` names the container. */
export function validateProbe(probe: Probe | undefined, kind: ProbeKind, container: string): FieldError[] {
  if (!probe) return [];
  const field = `${container}.${kind}`;
  const errors = handlerErrors(probe, undefined, field);
  for (const key of NUMBERS) errors.push(...nonNegativeErrors(probe[key], `${field}.${key}`));
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0) {
    errors.push(invalid(`${field}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'));
  }
  if (kind === 'readinessProbe') {
    if (grace !== undefined) {
      errors.push(invalid(`${field}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes'));
    }
  } else if (probe.successThreshold !== 1) {
    errors.push(invalid(`${field}.successThreshold`, probe.successThreshold, 'must be 1'));
  }
  return errors;
}

const NUMBERS = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const;

/** What is wrong with a container's hooks. */
export function validateLifecycle(lifecycle: Lifecycle, graceSeconds: number, field: string): FieldError[] {
  const hook = (handler: LifecycleHandler | undefined, name: string): FieldError[] =>
    handler ? handlerErrors(handler, graceSeconds, `${field}.${name}`) : [];
  return [...hook(lifecycle.postStart, 'postStart'), ...hook(lifecycle.preStop, 'preStop')];
}

function handlerErrors(handler: Handler, graceSeconds: number | undefined, field: string): FieldError[] {
  const errors: FieldError[] = [];
  let count = 0;
  const one = (name: keyof Handler, check: (at: string) => FieldError[]): void => {
    if (!handler[name]) return;
    const at = `${field}.${name}`;
    errors.push(...(count === 0 ? check(at) : [forbidden(at, 'may not specify more than 1 handler type')]));
    count++;
  };
  one('exec', (at) => ((handler.exec!.command ?? []).length === 0 ? [required(`${at}.command`)] : []));
  one('httpGet', (at) => httpGetErrors(handler.httpGet!, at));
  one('tcpSocket', (at) => portErrors(handler.tcpSocket!.port, `${at}.port`));
  one('grpc', (at) => portErrors(handler.grpc!.port, `${at}.port`));
  one('sleep', (at) => sleepErrors(handler.sleep!, graceSeconds ?? 0, at));
  if (count === 0) errors.push(required(field, 'must specify a handler type'));
  return errors;
}

const SCHEMES = ['HTTP', 'HTTPS'];

function httpGetErrors({ path, port, scheme, httpHeaders = [] }: HTTPGetAction, field: string): FieldError[] {
  return [
    ...(path ? [] : [required(`${field}.path`)]),
    ...portErrors(port, `${field}.port`),
    ...(SCHEMES.includes(scheme ?? '') ? [] : [notSupported(`${field}.scheme`, scheme, SCHEMES)]),
    ...httpHeaders.flatMap(({ name }) => invalidEach(`${field}.httpHeaders`, name, httpHeaderNameErrors(name))),
  ];
}

function sleepErrors({ seconds }: SleepAction, graceSeconds: number, field: string): FieldError[] {
  if (seconds >= 0 && seconds <= graceSeconds) return [];
  const why = `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`;
  return [invalid(field, seconds, why)];
}
