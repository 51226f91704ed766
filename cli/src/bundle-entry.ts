/** What the bundle exports: the command, and all of the embedding API. */
export { main } from './main.ts';
export * from '@kubarium/cluster';
