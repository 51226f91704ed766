import type { Program } from '../../container/process.ts';
import { write } from '../../container/standard-io.ts';

/** `yes [text]`, until nobody reads. */
export const yes: Program = async (process) => {
  const line = `${process.argv.slice(1).join(' ') || 'y'}\n`;
  const block = line.repeat(Math.max(1, Math.floor(4096 / line.length)));
  try {
    for (;;) await write(process, block);
  } catch (error) {
    process.killed.throwIfAborted();
    if (error instanceof Error && error.name === 'BrokenPipeError') return 141;
    throw error;
  }
};
