import type { Interpreter } from './interpreter.ts';
import type { Io } from './shell-state.ts';

/** A command that the shell carries out itself; `fields[0]` is its name. Resolves with the status. */
export type Builtin = (shell: Interpreter, fields: readonly string[], io: Io) => Promise<number>;
