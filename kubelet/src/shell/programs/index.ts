import type { Program } from '../../container/process.ts';
import { shell } from '../shell.ts';
import { cat } from './cat.ts';
import { curl } from './curl.ts';
import { echo } from './echo.ts';
import { ls } from './ls.ts';
import { sleep } from './sleep.ts';

/** The shell and the programs that every image has, by name. */
export const standardPrograms: ReadonlyMap<string, Program> = new Map<string, Program>([
  ['ash', shell],
  ['bash', shell],
  ['cat', cat],
  ['curl', curl],
  ['dash', shell],
  ['echo', echo],
  ['ls', ls],
  ['sh', shell],
  ['sleep', sleep],
]);
