import type { Program } from '../container/process.ts';
import { defineImage } from './define-image.ts';

/** Does nothing until it is told to end. */
const pauseProgram: Program = (process) =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.onSignal(signal, () => resolve(0));
  });

/** registry.k8s.io/pause */
export const pause = defineImage({ entrypoint: ['/pause'], programs: { '/pause': pauseProgram }, sizeBytes: 320_448 });
