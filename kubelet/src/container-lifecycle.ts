/*
 * The life of one container of a pod, over all its restarts.
 *
 *   waiting ──start──▶ pulling ──pulled──▶ creating ──started──▶ running ──exited──▶ exited ──finish──▶ done
 *                       ▲ │ pullFailed      │ │ configFailed      │ kill               │ ▲ │ backOff
 *                       │ ▼                 │ ▼                   ▼                    │ │ ▼
 *                       │ pullBackOff       │ createBackOff     killing ──exited───────┼─┘ crashBackOff
 *                       │     │ retry       │       │ retry                            │       │ retry
 *                       ├─────┴─────────────┼───────┘                        restart   │       │
 *                       ├───────────────────┼──────────────────────────────────────────┘       │
 *                       └───────────────────┼──────────────────────────────────────────────────┘
 *                                           └─startFailed──▶ exited
 *
 *   `stop` leads from running, creating and killing to stopping (and from there to done), from everywhere else to done.
 */

export type ContainerState =
  /** Its turn has not come. */
  | 'waiting'
  | 'pulling'
  /** The image could not be had; ErrImagePull, ImagePullBackOff and their like. */
  | 'pullBackOff'
  /** Files, environment and process are being made. */
  | 'creating'
  /** It could not be made; CreateContainerConfigError. */
  | 'createBackOff'
  | 'running'
  /** Being ended because a probe failed; it may be restarted. */
  | 'killing'
  /** Being ended for good. */
  | 'stopping'
  /** Ended; what comes next is decided at once. */
  | 'exited'
  | 'crashBackOff'
  | 'done';

export type ContainerEvent =
  | 'start'
  | 'pulled'
  | 'pullFailed'
  | 'configFailed'
  | 'startFailed'
  | 'started'
  | 'kill'
  | 'stop'
  | 'exited'
  | 'restart'
  | 'backOff'
  | 'finish'
  | 'retry';

type Next = ContainerState | 'stay' | 'never';

/** What most states say to most events. */
const NEVER = {
  start: 'never',
  pulled: 'never',
  pullFailed: 'never',
  configFailed: 'never',
  startFailed: 'never',
  started: 'never',
  kill: 'never',
  stop: 'done',
  exited: 'never',
  restart: 'never',
  backOff: 'never',
  finish: 'never',
  retry: 'never',
} as const satisfies Record<ContainerEvent, Next>;

const TRANSITIONS: Record<ContainerState, Record<ContainerEvent, Next>> = {
  waiting: { ...NEVER, start: 'pulling' },
  pulling: { ...NEVER, pulled: 'creating', pullFailed: 'pullBackOff' },
  pullBackOff: { ...NEVER, retry: 'pulling' },
  creating: {
    ...NEVER,
    started: 'running',
    configFailed: 'createBackOff',
    startFailed: 'exited',
    exited: 'exited',
    stop: 'stopping',
  },
  createBackOff: { ...NEVER, retry: 'pulling' },
  running: { ...NEVER, exited: 'exited', kill: 'killing', stop: 'stopping' },
  killing: { ...NEVER, exited: 'exited', stop: 'stopping' },
  stopping: { ...NEVER, configFailed: 'done', startFailed: 'done', exited: 'done', stop: 'stay' },
  exited: { ...NEVER, restart: 'pulling', backOff: 'crashBackOff', finish: 'done' },
  crashBackOff: { ...NEVER, retry: 'pulling' },
  done: { ...NEVER, stop: 'stay' },
};

/** The state that an event leads to; `never` where it cannot happen. */
export const containerTransition = (state: ContainerState, event: ContainerEvent): Next => TRANSITIONS[state][event];
