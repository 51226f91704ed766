import { expect, test } from 'vitest';
import { settle, testContainer } from '../../testing/test-container.ts';

/** Script, standard output, exit code: as busybox and coreutils have it. */
const ROWS: readonly (readonly [script: string, stdout: string, exitCode?: number])[] = [
  [
    'mkdir -p /tmp/a/b /tmp/to; echo x > /tmp/a/b/c; ln -s b/c /tmp/a/l; cd /tmp; tar cf - a | tar -xmf - -C /tmp/to; cat /tmp/to/a/b/c /tmp/to/a/l; tar -cf /tmp/a.tar -C /tmp/a b; tar -tf /tmp/a.tar',
    'x\nx\nb/\nb/c\n',
  ],
  ['echo y > /tmp/f; tar cf - /tmp/f | tar tf -; tar x < /dev/null; echo $?; tar f x; echo $?', 'tmp/f\n0\n1\n'],
  [
    'echo y > /tmp/f; { tar cf - /tmp/f | tar xf - -C /tmp/nowhere; tar cf - -C /tmp/f x; } 2>&1; echo $?; ls /tmp/nowhere 2>&1',
    "tar: can't change directory to '/tmp/nowhere': No such file or directory\ntar: can't change directory to '/tmp/f': Not a directory\n1\nls: /tmp/nowhere: No such file or directory\n",
    1,
  ],
  ['seq 3; seq 2 4; seq 1 2 5; seq -s, 3; seq -w 8 10', '1\n2\n3\n2\n3\n4\n1\n3\n5\n1,2,3\n08\n09\n10\n'],
  ['seq 1000000 | head -1', '1\n'],
  ['seq 20 | head -n 2; seq 20 | tail -n 2; seq 5 | tail -n +4; seq 5 | head -n -3', '1\n2\n19\n20\n4\n5\n1\n2\n'],
  ['yes | head -n 2; echo $?', 'y\ny\n0\n'],
  ['printf "a b\\nc\\n" | wc; printf "a b\\nc\\n" | wc -l', '      2       3       6\n2\n'],
  [
    'printf "foo\\nbar\\nFoo\\n" | grep foo; printf "foo\\nbar\\n" | grep -v foo; printf "foo\\nFoo\\n" | grep -ic foo',
    'foo\nbar\n2\n',
  ],
  ['echo "a1b22" | grep -oE "[0-9]+"; echo x | grep -q y; echo $?', '1\n22\n1\n'],
  ['printf "a\\n\\n  \\nb\\n" | grep -v "^\\s*$"', 'a\nb\n'],
  ['printf "a\\nb\\n" | grep -n b; echo "a+b" | grep -F "a+b"; echo aab | grep "a\\{2\\}b"', '2:b\na+b\naab\n'],
  ['echo "a:b:c" | cut -d: -f2; echo abcdef | cut -c2-4; echo "a:b:c" | cut -d: -f1,3', 'b\nbcd\na:c\n'],
  [
    'echo hello | tr a-y b-z; echo "a  b" | tr -s " "; echo abc | tr -d b; echo abc | tr "[:lower:]" "[:upper:]"',
    'ifmmp\na b\nac\nABC\n',
  ],
  [
    'printf "b\\na\\nc\\na\\n" | sort -u; printf "10\\n9\\n" | sort -n; printf "a 2\\nb 1\\n" | sort -k2',
    'a\nb\nc\n9\n10\nb 1\na 2\n',
  ],
  ['printf "a\\na\\nb\\n" | uniq -c', '      2 a\n      1 b\n'],
  [
    'echo hello | sed s/l/L/; echo hello | sed "s/l/L/g"; printf "a\\nb\\n" | sed -n 2p; printf "a\\nb\\n" | sed 1d',
    'heLlo\nheLLo\nb\nb\n',
  ],
  ["echo 'a-b' | sed -E 's/(.)-(.)/\\2-\\1/'; echo abc | sed 's/b/[&]/'", 'b-a\na[b]c\n'],
  [
    "echo 'a b c' | awk '{print $2}'; echo 'a:b' | awk -F: '{print $2, $1}'; printf '1\\n2\\n' | awk '{s+=$1} END {print s}'",
    'b\nb a\n3\n',
  ],
  ["printf 'x y\\n' > /tmp/f; wc -l /tmp/f | awk {'print $1'}", '1\n'],
  ['expr 7 % 4; expr 2 + 3; expr 1 = 2; echo $?; expr abc : "a\\(.*\\)"', '3\n5\n0\n1\nbc\n'],
  ['basename /a/b.txt .txt; dirname /a/b.txt; basename /; dirname x', 'b\n/a\n/\n.\n'],
  [
    'mkdir -p /tmp/a/b && touch /tmp/a/b/c && ls /tmp/a/b && mv -v /tmp/a/b/c /tmp/a/d && cat /tmp/a/d && rm -r /tmp/a && ls /tmp/a',
    "c\n'/tmp/a/b/c' -> '/tmp/a/d'\n",
    1,
  ],
  [
    'echo x > /tmp/f; cp /tmp/f /tmp/g; cat /tmp/g; ln -s /tmp/f /tmp/l; cat /tmp/l; readlink /tmp/l 2>/dev/null; ls -l /tmp/l | cut -c1-10',
    'x\nx\nlrwxrwxrwx\n',
  ],
  [
    'touch /tmp/f; chmod 640 /tmp/f; ls -l /tmp/f | cut -c1-10; chmod u+x,o=r /tmp/f; stat -c "%a %A" /tmp/f',
    '-rw-r-----\n744 -rwxr--r--\n',
  ],
  [
    'mkdir /tmp/d; touch /tmp/d/a.txt /tmp/d/b; find /tmp/d -name "*.txt"; find /tmp/d -type d',
    '/tmp/d/a.txt\n/tmp/d\n',
  ],
  ['echo a b c | xargs -n 1 echo; echo x | xargs -I{} echo "<{}>"', 'a\nb\nc\n<x>\n'],
  ['timeout 1 sleep 5; echo $?; timeout 5 echo ok', '124\nok\n'],
  [
    'echo hello | base64; echo aGVsbG8K | base64 -d; echo hello | md5sum; echo hello | sha256sum | cut -c1-16',
    'aGVsbG8K\nhello\nb1946ac92492d2347c6235b4d2611184  -\n5891b5b522d5df08\n',
  ],
  [
    "printf '\\336\\312' > /tmp/h; hexdump -C /dev/null; echo AB | hexdump -C",
    '00000000  41 42 0a                                          |AB.|\n00000003\n',
  ],
  ['id; id -u; whoami', 'uid=0(root) gid=0(root) groups=0(root)\n0\nroot\n'],
  ['hostname; uname; date +%Y-%m-%d; date -d @0 +%s', 'web-1\nLinux\n2026-01-01\n0\n'],
  ['which cat; which nope; echo $?; env -i A=1 env; printenv HOME', '/bin/cat\n1\nA=1\n/root\n'],
  ['echo x | tee /tmp/t; cat /tmp/t; /bin/echo -n a; /usr/bin/env true && echo ok', 'x\nx\naok\n'],
  [
    'head -c 4 /dev/zero | wc -c; cat /dev/null; echo x > /dev/null; cat /proc/self/status | head -n 1',
    '4\nName:\tcat\n',
  ],
  ['echo a > /dev/stdout; echo b > /dev/stderr; echo c | cat - ; echo d | cat /dev/stdin', 'a\nc\nd\n'],
  ['sleep 1000 & kill $!; wait $!; echo $?', '143\n'],
  ['tail -f /dev/null & sleep 1; kill -9 $!; wait $!; echo $?', '137\n'],
  ['echo one > /tmp/log; tail -f /tmp/log & sleep 1; echo two >> /tmp/log; sleep 1; kill $!', 'one\ntwo\n'],
  ['sleep 0.5; sleep x', '', 1],
  ['getent hosts web-1 | head -n 1; getent hosts nope; echo $?', '2\n'],
];

test.each(ROWS.map(([script, stdout, exitCode]) => ({ script, stdout, exitCode: exitCode ?? 0 })))(
  '$script',
  async ({ script, stdout, exitCode }) => {
    const { run, clock } = await testContainer();
    const result = await settle(clock, run(script));
    expect({ ...result, stderr: '' }).toEqual({ stdout, exitCode, stderr: '' });
  },
);

test('an endless loop freezes nothing and can be killed', async () => {
  const { container } = await testContainer({ argv: ['sh', '-c', 'while true; do :; done'] });
  for (let i = 0; i < 5; i++) await new Promise((resolve) => void setImmediate(resolve));
  container.kill('SIGTERM');
  expect(await container.exit).toEqual({ exitCode: 143, signal: 'SIGTERM' });
});

test('a trap ends the container in its own time', async () => {
  const { container, clock } = await testContainer({
    argv: ['sh', '-c', 'trap exit TERM; while true; do sleep 1; done'],
  });
  for (let i = 0; i < 5; i++) await new Promise((resolve) => void setImmediate(resolve));
  container.kill('SIGTERM');
  expect((await settle(clock, container.exit)).signal).toBeUndefined();
});

test.each([
  ['curl -s http://nope', 6],
  ['curl -s http://127.0.0.1:1', 7],
  ['curl -sf http://127.0.0.1/nope', 22],
  ['curl -s ftp://127.0.0.1', 1],
])('%s exits with %i', async (script, exitCode) => {
  const { run } = await testContainer({ image: 'nginx' });
  expect((await run(script)).exitCode).toBe(exitCode);
});

test('curl says why it failed, in its own words', async () => {
  const { run } = await testContainer();
  expect((await run('curl http://nope')).stderr).toBe('curl: (6) Could not resolve host: nope\n');
  expect((await run('curl http://127.0.0.1:1')).stderr).toBe(
    'curl: (7) Failed to connect to 127.0.0.1 port 1 after 0 ms: Could not connect to server\n',
  );
});

test('nc talks to nc over TCP', async () => {
  const { run } = await testContainer();
  const result = await run('nc -l 9000 > /tmp/got & echo hello | nc -N 127.0.0.1 9000; wait; cat /tmp/got');
  expect(result).toEqual({ stdout: 'hello\n', stderr: '', exitCode: 0 });
});

test('writes to the streams of another process by its descriptors', async () => {
  const { run, stdout, stderr, container } = await testContainer({ argv: ['sleep', '1d'] });
  const result = await run(
    'echo told > /proc/1/fd/1; echo warned >> /proc/1/fd/2; echo own > /proc/$$/fd/1; echo x > /proc/99/fd/1',
  );
  expect(result).toEqual({
    stdout: 'own\n',
    stderr: "sh: can't create /proc/99/fd/1: nonexistent directory\n",
    exitCode: 1,
  });
  expect([stdout.text, stderr.text]).toEqual(['told\n', 'warned\n']);
  container.kill('SIGKILL');
});
