import type { Program } from '../../container/process.ts';

/** `false` */
export const falseProgram: Program = async () => 1;
