import type { Program } from '../../container/process.ts';

/** `true` */
export const trueProgram: Program = async () => 0;
