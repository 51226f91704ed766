import { absolutePath, write } from '../../container/standard-io.ts';
import { command, eachOperand } from '../command.ts';
import { nameOf } from '../account-names.ts';
import { formatTime } from './date.ts';
import { permissionText } from './ls.ts';

/** `stat [-c format] files` */
export const stat = command({ letters: 'c:Lft' }, (process, options) =>
  eachOperand(
    process,
    options.operands,
    async (name) => {
      const facts = process.files.stat(absolutePath(process, name), { noFollow: !options.has('L') });
      const kind = facts.type === 'file' ? 'regular file' : facts.type === 'symlink' ? 'symbolic link' : 'directory';
      const text = `${facts.type === 'directory' ? 'd' : facts.type === 'symlink' ? 'l' : '-'}${permissionText(facts.mode)}`;
      const user = nameOf(process, '/etc/passwd', facts.uid);
      const group = nameOf(process, '/etc/group', facts.gid);
      const fields: Readonly<Record<string, string>> = {
        a: facts.mode.toString(8),
        A: text,
        u: String(facts.uid),
        g: String(facts.gid),
        U: user,
        G: group,
        s: String(facts.size),
        n: name,
        F: kind,
        Y: String(Math.floor(facts.modifiedMs / 1000)),
        y: formatTime(facts.modifiedMs, '%F %T.000000000 +0000'),
        '%': '%',
      };
      const format = options.value('c');
      await write(
        process,
        format === undefined
          ? `  File: ${name}\n  Size: ${facts.size}\t\t${kind}\nAccess: (${facts.mode.toString(8).padStart(4, '0')}/${text})  Uid: (${String(facts.uid).padStart(5)}/${user.padStart(8)})   Gid: (${String(facts.gid).padStart(5)}/${group.padStart(8)})\nModify: ${fields['y']}\n`
          : `${format.replace(/%([a-zA-Z%])/g, (all, letter: string) => fields[letter] ?? all)}\n`,
      );
    },
    (name, reason) => `can't stat '${name}': ${reason}`,
  ),
);
