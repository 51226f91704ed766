import { CLOCKS, type ClockSpec } from '@kubarium/cluster';
import { KubeClient, parseDuration } from '@kubarium/shared';
import { Command } from 'commander';
import { connect } from '../connect.ts';
import { dataDirOption } from '../options.ts';
import { UsageError } from '../usage-error.ts';

const ACTIONS = ['now', 'pause', 'resume', 'step', 'advance', 'settle'] as const;

/** `kubarium clock [now|pause|resume|step|advance DURATION|settle]`: reads or moves the cluster's time; answers once all is at rest. */
export const clockCommand = (): Command =>
  new Command('clock')
    .description(
      'read or move the cluster’s time: now, pause, resume, step, advance 5m, settle (needs `up --clock virtual`)',
    )
    .argument('[action]', ACTIONS.join(', '), 'now')
    .argument('[duration]', 'for advance: 5m, 1h30m, 200ms')
    .addOption(dataDirOption())
    .action(async (action: string, duration: string | undefined, options: { dataDir: string }) => {
      const spec = specOf(action, duration);
      using transport = connect(options.dataDir);
      const { status } = await new KubeClient(transport).create(CLOCKS, { metadata: {}, spec });
      process.stdout.write(`${status.now}${status.mode === 'Real' ? ' (real)' : status.paused ? ' (paused)' : ''}\n`);
    });

function specOf(action: string, duration: string | undefined): ClockSpec {
  if (action === 'advance') {
    if (duration !== undefined && parseDuration(duration) !== undefined) return { advance: duration };
    throw new UsageError(
      duration === undefined ? 'how far is the clock to be advanced?' : `${JSON.stringify(duration)} is no duration`,
      'write for example `kubarium clock advance 5m`, 1h30m or 200ms',
    );
  }
  if (duration !== undefined) throw new UsageError(`clock ${action} takes no duration`, 'only `advance` does');
  switch (action) {
    case 'now':
    case 'settle':
      return {};
    case 'pause':
      return { paused: true };
    case 'resume':
      return { paused: false };
    case 'step':
      return { step: true };
    default:
      throw new UsageError(`no such action: ${action}`, `choose one of ${ACTIONS.join(', ')}`);
  }
}
