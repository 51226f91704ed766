import { step } from '../container/standard-io.ts';
import { evaluateArithmetic } from './arithmetic.ts';
import type { Command } from './ast.ts';
import { evaluateCondition } from './condition.ts';
import { LoopJump } from './control-flow.ts';
import { expandFields, expandPattern, expandText } from './expand.ts';
import type { Interpreter } from './interpreter.ts';
import { matchesPattern } from './pattern.ts';
import type { Io } from './shell-state.ts';

type CompoundCommand = Exclude<
  Command,
  { type: 'list' | 'simple' | 'pipeline' | 'and' | 'or' | 'function' | 'subshell' }
>;

/** Runs a command that a reserved word begins; its redirections are in place. */
export async function runCompound(shell: Interpreter, command: CompoundCommand, io: Io): Promise<number> {
  switch (command.type) {
    case 'group':
      return shell.list(command.body, io);
    case 'if': {
      for (const { condition, body } of command.branches)
        if ((await shell.asCondition(() => shell.list(condition, io))) === 0) return shell.list(body, io);
      return command.otherwise === undefined ? 0 : shell.list(command.otherwise, io);
    }
    case 'for': {
      const values: string[] = [];
      if (command.words === undefined) values.push(...shell.state.positional);
      else for (const word of command.words) values.push(...(await expandFields(word, shell)));
      return loop(
        shell,
        async (round) => {
          const value = values[round];
          if (value === undefined) return false;
          shell.state.set(command.name, value);
          return true;
        },
        () => shell.list(command.body, io),
      );
    }
    case 'for-arithmetic': {
      const evaluate = async (word: typeof command.start): Promise<bigint> =>
        evaluateArithmetic(await expandText(word, shell), shell.state);
      await evaluate(command.start);
      return loop(
        shell,
        async (round) => {
          if (round > 0) await evaluate(command.next);
          return (
            (await expandText(command.condition, shell)).trim() === '' || (await evaluate(command.condition)) !== 0n
          );
        },
        () => shell.list(command.body, io),
      );
    }
    case 'while':
    case 'until':
      return loop(
        shell,
        async () =>
          ((await shell.asCondition(() => shell.list(command.condition, io))) === 0) === (command.type === 'while'),
        () => shell.list(command.body, io),
      );
    case 'case':
      return runCase(shell, command, io);
    case 'arithmetic': {
      const value = evaluateArithmetic(await expandText(command.expression, shell), shell.state);
      return shell.checked(value === 0n ? 1 : 0);
    }
    case 'condition':
      return shell.checked(await evaluateCondition(command.words, shell, shell.process));
  }
}

async function loop(
  shell: Interpreter,
  goesOn: (round: number) => Promise<boolean>,
  body: () => Promise<number>,
): Promise<number> {
  let status = 0;
  shell.state.loopDepth++;
  try {
    for (let round = 0; ; round++) {
      await step(shell.process);
      try {
        if (!(await goesOn(round))) return status;
        status = await body();
      } catch (error) {
        if (!(error instanceof LoopJump)) throw error;
        if (error.levels > 1 && shell.state.loopDepth > 1) throw new LoopJump(error.kind, error.levels - 1);
        status = 0;
        if (error.kind === 'break') return status;
      }
    }
  } finally {
    shell.state.loopDepth--;
  }
}

async function runCase(shell: Interpreter, command: Extract<Command, { type: 'case' }>, io: Io): Promise<number> {
  const value = await expandText(command.word, shell);
  let falling = false;
  let status = 0;
  for (const { patterns, body, falls } of command.branches) {
    let matched = falling;
    for (const pattern of matched ? [] : patterns)
      if (matchesPattern(await expandPattern(pattern, shell), value)) {
        matched = true;
        break;
      }
    if (!matched) continue;
    status = await shell.list(body, io);
    if (!falls) return status;
    falling = true;
  }
  return status;
}
