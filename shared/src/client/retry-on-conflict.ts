import { isConflict } from '../apimachinery/status-error.ts';

/**
 * Calls `attempt` until it does not fail with 409 Conflict, at most `attempts` times. The attempt reads the object anew each time.
 */
export async function retryOnConflict<R>(attempt: () => Promise<R>, attempts = 5): Promise<R> {
  for (let left = attempts; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (left <= 1 || !isConflict(error)) throw error;
    }
  }
}
