import { SpawnError } from '../container/process.ts';
import { ArithmeticError } from './arithmetic.ts';
import { RedirectError } from './redirect.ts';
import { ShellError } from './shell-state.ts';
import { ShellSyntaxError } from './shell-syntax-error.ts';

/** What the shell says of an error of the script's own making; undefined for those that are none. */
export function errorReport(error: unknown): { message: string; status: number } | undefined {
  if (error instanceof ShellSyntaxError || error instanceof ArithmeticError)
    return { message: error.message, status: 2 };
  if (error instanceof ShellError) return { message: error.message, status: error.exitCode };
  if (error instanceof RedirectError) return { message: error.message, status: 1 };
  if (error instanceof SpawnError) return { message: "can't fork: Resource temporarily unavailable", status: 2 };
  return undefined;
}
