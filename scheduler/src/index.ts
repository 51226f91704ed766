export { defaultPlugins } from './default-plugins.ts';
export type { FilterPlugin, NodeTest, ScorePlugin, Unfit } from './plugin.ts';
export { schedulePod, type Decision, type Plugins } from './schedule-pod.ts';
export { Scheduler, type SchedulerOptions } from './scheduler.ts';
export { Snapshot } from './snapshot.ts';
