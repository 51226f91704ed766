import type { Program } from '../../container/process.ts';
import { shell } from '../shell.ts';
import { awk } from './awk.ts';
import { cat } from './cat.ts';
import { curl } from './curl.ts';
import { date } from './date.ts';
import { dig } from './dig.ts';
import { echo } from './echo.ts';
import { env } from './env.ts';
import { chmod, chown, cp, ln, mkdir, mv, rm, rmdir, touch } from './files.ts';
import { getent } from './getent.ts';
import { grep } from './grep.ts';
import { head } from './head.ts';
import { host } from './host.ts';
import { hostname } from './hostname.ts';
import { id } from './id.ts';
import { kill } from './kill.ts';
import { ls } from './ls.ts';
import { nc } from './nc.ts';
import { nslookup } from './nslookup.ts';
import { printenv } from './printenv.ts';
import { printf } from './printf.ts';
import { ps } from './ps.ts';
import { redisCli } from './redis-cli.ts';
import { sed } from './sed.ts';
import { seq } from './seq.ts';
import { sleep } from './sleep.ts';
import * as small from './small.ts';
import { tail } from './tail.ts';
import { test } from './test.ts';
import { cut, sort, tr, uniq } from './text.ts';
import { wc } from './wc.ts';
import { wget } from './wget.ts';

/** The shell and the programs that every image has, by name. */
export const standardPrograms: ReadonlyMap<string, Program> = new Map<string, Program>([
  ['[', test],
  ['ash', shell],
  ['awk', awk],
  ['base64', small.base64],
  ['basename', small.basename],
  ['bash', shell],
  ['cat', cat],
  ['chmod', chmod],
  ['chown', chown],
  ['clear', small.clear],
  ['cp', cp],
  ['curl', curl],
  ['cut', cut],
  ['dash', shell],
  ['date', date],
  ['df', small.df],
  ['dig', dig],
  ['dirname', small.dirname],
  ['du', small.du],
  ['echo', echo],
  ['egrep', grep],
  ['env', env],
  ['expr', small.expr],
  ['false', small.falseProgram],
  ['fgrep', grep],
  ['find', small.find],
  ['getent', getent],
  ['grep', grep],
  ['head', head],
  ['hexdump', small.hexdump],
  ['host', host],
  ['hostname', hostname],
  ['id', id],
  ['ip', small.ip],
  ['kill', kill],
  ['ln', ln],
  ['ls', ls],
  ['md5sum', small.checksum],
  ['mkdir', mkdir],
  ['mount', small.mount],
  ['mv', mv],
  ['nc', nc],
  ['netstat', small.ss],
  ['nproc', small.nproc],
  ['nslookup', nslookup],
  ['printenv', printenv],
  ['printf', printf],
  ['ps', ps],
  ['pwd', small.pwd],
  ['redis-cli', redisCli],
  ['rm', rm],
  ['rmdir', rmdir],
  ['sed', sed],
  ['seq', seq],
  ['sh', shell],
  ['sha1sum', small.checksum],
  ['sha256sum', small.checksum],
  ['sha512sum', small.checksum],
  ['sleep', sleep],
  ['sort', sort],
  ['ss', small.ss],
  ['stat', small.stat],
  ['tail', tail],
  ['tee', small.tee],
  ['test', test],
  ['timeout', small.timeout],
  ['touch', touch],
  ['tr', tr],
  ['true', small.trueProgram],
  ['tty', small.tty],
  ['uname', small.uname],
  ['uniq', uniq],
  ['uptime', small.uptime],
  ['wc', wc],
  ['wget', wget],
  ['which', small.which],
  ['whoami', id],
  ['xargs', small.xargs],
  ['yes', small.yes],
]);
