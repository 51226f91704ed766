import type { Program } from '../../container/process.ts';
import { shell } from '../shell.ts';
import { awk } from './awk.ts';
import { base64 } from './base64.ts';
import { basename } from './basename.ts';
import { cat } from './cat.ts';
import { checksum } from './checksum.ts';
import { chmod } from './chmod.ts';
import { chown } from './chown.ts';
import { clear } from './clear.ts';
import { cp } from './cp.ts';
import { curl } from './curl.ts';
import { cut } from './cut.ts';
import { date } from './date.ts';
import { df } from './df.ts';
import { dig } from './dig.ts';
import { dirname } from './dirname.ts';
import { du } from './du.ts';
import { echo } from './echo.ts';
import { env } from './env.ts';
import { expr } from './expr.ts';
import { falseProgram } from './false.ts';
import { find } from './find.ts';
import { free } from './free.ts';
import { getent } from './getent.ts';
import { grep } from './grep.ts';
import { head } from './head.ts';
import { hexdump } from './hexdump.ts';
import { host } from './host.ts';
import { hostname } from './hostname.ts';
import { id } from './id.ts';
import { ip } from './ip.ts';
import { kill } from './kill.ts';
import { ln } from './ln.ts';
import { ls } from './ls.ts';
import { mkdir } from './mkdir.ts';
import { mount } from './mount.ts';
import { mv } from './mv.ts';
import { nc } from './nc.ts';
import { nproc } from './nproc.ts';
import { nslookup } from './nslookup.ts';
import { od } from './od.ts';
import { ping } from './ping.ts';
import { printenv } from './printenv.ts';
import { printf } from './printf.ts';
import { ps } from './ps.ts';
import { pwd } from './pwd.ts';
import { redisCli } from './redis-cli.ts';
import { rm } from './rm.ts';
import { rmdir } from './rmdir.ts';
import { sed } from './sed.ts';
import { seq } from './seq.ts';
import { sleep } from './sleep.ts';
import { sort } from './sort.ts';
import { netstat } from './netstat.ts';
import { ss } from './ss.ts';
import { stat } from './stat.ts';
import { tail } from './tail.ts';
import { tee } from './tee.ts';
import { tar } from './tar.ts';
import { telnet } from './telnet.ts';
import { test } from './test.ts';
import { timeout } from './timeout.ts';
import { touch } from './touch.ts';
import { tr } from './tr.ts';
import { traceroute } from './traceroute.ts';
import { trueProgram } from './true.ts';
import { tty } from './tty.ts';
import { uname } from './uname.ts';
import { uniq } from './uniq.ts';
import { uptime } from './uptime.ts';
import { wc } from './wc.ts';
import { wget } from './wget.ts';
import { which } from './which.ts';
import { xargs } from './xargs.ts';
import { yes } from './yes.ts';

/** The shell and the programs that every image has, by name. */
export const standardPrograms: ReadonlyMap<string, Program> = new Map<string, Program>([
  ['[', test],
  ['ash', shell],
  ['awk', awk],
  ['base64', base64],
  ['basename', basename],
  ['bash', shell],
  ['cat', cat],
  ['chmod', chmod],
  ['chown', chown],
  ['clear', clear],
  ['cp', cp],
  ['curl', curl],
  ['cut', cut],
  ['dash', shell],
  ['date', date],
  ['df', df],
  ['dig', dig],
  ['dirname', dirname],
  ['du', du],
  ['echo', echo],
  ['egrep', grep],
  ['env', env],
  ['expr', expr],
  ['false', falseProgram],
  ['fgrep', grep],
  ['find', find],
  ['free', free],
  ['getent', getent],
  ['grep', grep],
  ['head', head],
  ['hexdump', hexdump],
  ['host', host],
  ['hostname', hostname],
  ['id', id],
  ['ip', ip],
  ['kill', kill],
  ['ln', ln],
  ['ls', ls],
  ['md5sum', checksum],
  ['mkdir', mkdir],
  ['mount', mount],
  ['mv', mv],
  ['nc', nc],
  ['netstat', netstat],
  ['nproc', nproc],
  ['nslookup', nslookup],
  ['od', od],
  ['ping', ping],
  ['printenv', printenv],
  ['printf', printf],
  ['ps', ps],
  ['pwd', pwd],
  ['redis-cli', redisCli],
  ['rm', rm],
  ['rmdir', rmdir],
  ['sed', sed],
  ['seq', seq],
  ['sh', shell],
  ['sha1sum', checksum],
  ['sha256sum', checksum],
  ['sha512sum', checksum],
  ['sleep', sleep],
  ['sort', sort],
  ['ss', ss],
  ['stat', stat],
  ['tail', tail],
  ['tee', tee],
  ['telnet', telnet],
  ['tar', tar],
  ['test', test],
  ['timeout', timeout],
  ['touch', touch],
  ['tr', tr],
  ['traceroute', traceroute],
  ['true', trueProgram],
  ['tty', tty],
  ['uname', uname],
  ['uniq', uniq],
  ['uptime', uptime],
  ['wc', wc],
  ['wget', wget],
  ['which', which],
  ['whoami', id],
  ['xargs', xargs],
  ['yes', yes],
]);
