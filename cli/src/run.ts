import { StartError } from '@kubarium/cluster';
import { Command, CommanderError } from 'commander';
import { clockCommand } from './commands/clock.ts';
import { explainCommand } from './commands/explain.ts';
import { testCommand } from './commands/test.ts';
import { tokenCommand } from './commands/token.ts';
import { traceCommand } from './commands/trace.ts';
import { trafficCommand } from './commands/traffic.ts';
import { upCommand } from './commands/up.ts';
import { versionCommand } from './commands/version.ts';
import { UsageError } from './usage-error.ts';

/** Parses the command line, runs the command and resolves with the exit code: 0 done, 1 failed, 2 the user must change something. */
export async function run(args: readonly string[]): Promise<number> {
  const program = new Command('kubarium')
    .description(
      'A Kubernetes cluster in one small process: a real API, simulated nodes, and a pod network that carries bytes.',
    )
    .exitOverride()
    .enablePositionalOptions()
    .addCommand(upCommand())
    .addCommand(traceCommand())
    .addCommand(explainCommand())
    .addCommand(testCommand())
    .addCommand(clockCommand())
    .addCommand(tokenCommand())
    .addCommand(trafficCommand())
    .addCommand(versionCommand());
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync([...args], { from: 'user' });
    // A command that ran to its end and found a failure says so there.
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof StartError || error instanceof UsageError) {
      process.stderr.write(`error: ${error.message}\n       ${error.remedy}\n`);
      return 2;
    }
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}
