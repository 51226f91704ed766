import type { Component } from '@kubarium/shared';
import type { ControllerContext } from './controller-context.ts';

/**
 * A controller out of its loops: they begin once all caches are synced, and end before what they use (`resources`, such as an event
 * recorder) is disposed.
 */
export function composeController(
  name: string,
  { informers }: Pick<ControllerContext, 'informers'>,
  loops: readonly Component[],
  resources: readonly AsyncDisposable[] = [],
): Component {
  return {
    name,
    async start() {
      await informers.start();
      await Promise.all(loops.map((loop) => loop.start()));
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(loops.map((loop) => loop[Symbol.asyncDispose]()));
      await Promise.all(resources.map((resource) => resource[Symbol.asyncDispose]()));
    },
  };
}
