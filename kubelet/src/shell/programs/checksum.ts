import { createHash } from 'node:crypto';
import { programName, readInput, write } from '../../container/standard-io.ts';
import { command, eachOperand } from '../command.ts';

/** `md5sum`, `sha1sum`, `sha256sum`, `sha512sum [files]` */
export const checksum = command({ letters: 'bt' }, (process, { operands }) =>
  eachOperand(process, operands.length === 0 ? ['-'] : operands, async (name) => {
    const hash = createHash(programName(process).replace(/sum$/, ''));
    for await (const chunk of readInput(process, name)) hash.update(chunk);
    await write(process, `${hash.digest('hex')}  ${name}\n`);
  }),
);
