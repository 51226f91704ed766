import type { Container } from '@kubarium/shared';
import type { LogStore } from '../logs/log-store.ts';
import { type FileSystem, FileSystemError } from './file-system.ts';

const FILE_MAX = 4096;
const LOG_LINES_MAX = 80;
const LOG_BYTES_MAX = 2048;

export const terminationMessagePath = (container: Pick<Container, 'terminationMessagePath'>): string =>
  container.terminationMessagePath ?? '/dev/termination-log';

/**
 * What a container left as its last word: its termination message file (its last 4,096 bytes), or, where that is empty, the
 * container failed and the policy is FallbackToLogsOnError, the end of its log (at most 80 lines, 2,048 bytes).
 */
export function terminationMessage(
  container: Pick<Container, 'terminationMessagePath' | 'terminationMessagePolicy'>,
  files: FileSystem,
  logs: LogStore,
  exitCode: number,
): string {
  const path = terminationMessagePath(container);
  const written = path !== '' && files.exists(path) ? read(files, path) : '';
  if (written !== '' || container.terminationMessagePolicy !== 'FallbackToLogsOnError' || exitCode === 0)
    return written;
  return logs.tail(LOG_LINES_MAX, LOG_BYTES_MAX);
}

function read(files: FileSystem, path: string): string {
  try {
    return files.readFile(path).subarray(-FILE_MAX).toString('utf8');
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    return `Error on reading termination log ${path}: ${error.message}`;
  }
}
