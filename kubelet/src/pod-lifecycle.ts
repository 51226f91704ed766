/*
 * The life of a pod on its node.
 *
 *   admitting ──rejected──────────────────────────────────────────────┐
 *       │ admitted                                                    │
 *       ▼                                                             ▼
 *   preparing ──prepared──▶ initializing ──initialized──▶ running   stopped ──removed──▶ gone
 *       │ stop                 │ stop, ended                 │        ▲
 *       └──────────────────────┴──────────▶ stopping ◀───────┘        │
 *                                              └──────halted──────────┘
 *
 *   admitting     the node decides whether it can take the pod
 *   preparing     volumes are mounted, the sandbox gets its address
 *   initializing  init containers run, one after the other; sidecars start on the way
 *   running       the containers run, are probed and restarted
 *   stopping      the containers that still run are ended
 *   stopped       nothing runs any more; the last status is written, and a pod that is to be deleted is deleted
 *   gone          the API no longer has the pod
 */

export type PodState = 'admitting' | 'preparing' | 'initializing' | 'running' | 'stopping' | 'stopped' | 'gone';

export type PodEvent =
  /** The node takes the pod. */
  | 'admitted'
  /** The node refuses the pod, or it had ended before this kubelet saw it. */
  | 'rejected'
  /** Volumes and sandbox are there. */
  | 'prepared'
  /** All init containers have done their work, all sidecars have started. */
  | 'initialized'
  /** All containers have ended and none is to be restarted, or an init container failed for good. */
  | 'ended'
  /** The pod is to be deleted, was evicted or passed its deadline. */
  | 'stop'
  /** The last container has ended. */
  | 'halted'
  /** The API no longer has the pod. */
  | 'removed';

/** `stay`: nothing to do. `never`: cannot happen; a bug. */
type Next = PodState | 'stay' | 'never';

const TRANSITIONS: Record<PodState, Record<PodEvent, Next>> = {
  admitting: {
    admitted: 'preparing',
    rejected: 'stopped',
    prepared: 'never',
    initialized: 'never',
    ended: 'never',
    stop: 'stopped',
    halted: 'never',
    removed: 'gone',
  },
  preparing: {
    admitted: 'never',
    rejected: 'never',
    prepared: 'initializing',
    initialized: 'never',
    ended: 'never',
    stop: 'stopping',
    halted: 'never',
    removed: 'stopping',
  },
  initializing: {
    admitted: 'never',
    rejected: 'never',
    prepared: 'never',
    initialized: 'running',
    ended: 'stopping',
    stop: 'stopping',
    halted: 'never',
    removed: 'stopping',
  },
  running: {
    admitted: 'never',
    rejected: 'never',
    prepared: 'never',
    initialized: 'never',
    ended: 'stopping',
    stop: 'stopping',
    halted: 'never',
    removed: 'stopping',
  },
  stopping: {
    admitted: 'never',
    rejected: 'never',
    prepared: 'stay',
    initialized: 'never',
    ended: 'stay',
    stop: 'stay',
    halted: 'stopped',
    removed: 'stay',
  },
  stopped: {
    admitted: 'never',
    rejected: 'never',
    prepared: 'stay',
    initialized: 'never',
    ended: 'never',
    stop: 'stay',
    halted: 'never',
    removed: 'gone',
  },
  gone: {
    admitted: 'stay',
    rejected: 'stay',
    prepared: 'stay',
    initialized: 'stay',
    ended: 'stay',
    stop: 'stay',
    halted: 'stay',
    removed: 'stay',
  },
};

/** The state that an event leads to; `never` where it cannot happen. */
export const podTransition = (state: PodState, event: PodEvent): Next => TRANSITIONS[state][event];
