export type * from './api/apps-v1.ts';
export type * from './api/coordination-v1.ts';
export type * from './api/core-v1.ts';
export type {
  Endpoint,
  EndpointConditions,
  EndpointHints,
  EndpointSlice,
  EndpointPort as EndpointSlicePort,
} from './api/discovery-v1.ts';
export type { Event as EventsV1Event } from './api/events-v1.ts';
export type * from './api/meta-v1.ts';
export type * from './api/networking-v1.ts';
export type * from './api/object.ts';
export type { Eviction } from './api/policy-v1.ts';
export type { Scale } from './api/autoscaling-v1.ts';
export type { TokenRequest, UserInfo } from './api/authentication-v1.ts';
export * from './api/resources.ts';
export * from './apimachinery/int-or-string.ts';
export * from './apimachinery/quantity.ts';
export * from './apimachinery/copy-json.ts';
export * from './apimachinery/deep-equal.ts';
export * from './apimachinery/share-parts.ts';
export * from './apimachinery/duration.ts';
export * from './apimachinery/field-selector.ts';
export * from './apimachinery/label-name.ts';
export * from './apimachinery/label-selector.ts';
export * from './apimachinery/node-selector.ts';
export * from './apimachinery/object-key.ts';
export * from './apimachinery/status-error.ts';
export * from './apimachinery/status-errors.ts';
export * from './apimachinery/toleration.ts';
export type * from './client/transport.ts';
export type * from './net/flow-tap.ts';
export * from './net/ip-address.ts';
export * from './net/ipv4-range.ts';
export * from './net/ipv6.ts';
export * from './net/net-error.ts';
export type * from './net/network-namespace.ts';
export type * from './net/path-stage.ts';
export * from './net/trace.ts';
export * from './net/few-or-many.ts';
export * from './net/place-list.ts';

export type * from './node/kubelet-api.ts';
export * from './runtime/activity.ts';
export * from './runtime/clock.ts';
export type * from './runtime/component.ts';
export * from './runtime/invariant.ts';
export * from './runtime/logger.ts';
export * from './runtime/none.ts';
export * from './runtime/random.ts';
export type * from './runtime/runtime.ts';
export * from './runtime/virtual-clock.ts';
export type * from './client/informer.ts';
export * from './client/kube-client.ts';
export * from './client/event-recorder.ts';
export { seriesEvents } from './client/event-style.ts';
export * from './client/event-time.ts';
export * from './client/indexed-store.ts';
export * from './client/informer-factory.ts';
export * from './client/reconcile-loop.ts';
export * from './client/reflector.ts';
export * from './client/shared-informer.ts';
export * from './client/work-queue.ts';
export * from './runtime/virtual-time.ts';
export * from './client/http-transport.ts';
export * from './client/kubeconfig.ts';
