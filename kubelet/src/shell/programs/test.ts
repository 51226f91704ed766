import type { Program } from '../../container/process.ts';
import { complain, programName } from '../../container/standard-io.ts';
import { evaluateTest, TestError } from '../test-expression.ts';

/** `test expression` and `[ expression ]` as programs. */
export const test: Program = async (process) => {
  const words = process.argv.slice(1);
  try {
    if (programName(process) === '[' && words.pop() !== ']') throw new TestError('missing ]');
    return evaluateTest(words, process) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TestError)) throw error;
    await complain(process, error.message);
    return 2;
  }
};
