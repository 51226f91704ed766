import { expect, it } from 'vitest';
import { settle, testContainer } from '../../testing/test-container.ts';

// Held against iproute2, net-tools, OpenBSD's nc, glibc's getent and busybox's wget and traceroute.

const { run: start, clock } = await testContainer({
  image: 'nginx',
  prepare: (files) => files.writeFile('/etc/hosts', '127.0.0.1\tlocalhost\n10.244.0.2\tweb-0\n'),
});
const run = async (script: string) => {
  const { stdout, stderr, exitCode } = await settle(clock, start(`{ ${script}; } 2>&1`));
  expect(stderr).toBe('');
  return { text: stdout, exitCode };
};

it.each([
  [
    'ip addr',
    `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
2: eth0@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default 
    link/ether 0a:58:0a:f4:00:02 brd ff:ff:ff:ff:ff:ff link-netnsid 0
    inet 10.244.0.2/24 brd 10.244.0.255 scope global eth0
       valid_lft forever preferred_lft forever
`,
  ],
  ["ip -o -4 addr show dev eth0 | awk '{print $4}'", '10.244.0.2/24\n'],
  ['ip -br a', 'lo               UNKNOWN        127.0.0.1/8 \neth0@if2         UP             10.244.0.2/24 \n'],
  ['ip route', 'default via 10.244.0.1 dev eth0 \n10.244.0.0/24 dev eth0 proto kernel scope link src 10.244.0.2 \n'],
  ['ip r get 10.96.0.10', '10.96.0.10 via 10.244.0.1 dev eth0 src 10.244.0.2 uid 0 \n    cache \n'],
  ['ip route get 10.244.0.9', '10.244.0.9 dev eth0 src 10.244.0.2 uid 0 \n    cache \n'],
  [
    'ip link show lo',
    '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n',
  ],
  ['ip neigh', ''],
  [
    'ss -tln',
    'State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\nLISTEN 0      0            0.0.0.0:80        0.0.0.0:*          \n',
  ],
  ['ss -Huln', ''],
  [
    'netstat -tln',
    'Active Internet connections (only servers)\nProto Recv-Q Send-Q Local Address           Foreign Address         State      \ntcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN     \n',
  ],
  ['getent hosts 10.244.0.2', '10.244.0.2      web-0\n'],
  ['getent ahostsv4 localhost', '127.0.0.1       STREAM localhost\n127.0.0.1       DGRAM  \n127.0.0.1       RAW    \n'],
  [
    'traceroute 127.0.0.1',
    'traceroute to 127.0.0.1 (127.0.0.1), 30 hops max, 46 byte packets\n 1  localhost (127.0.0.1)  0.000 ms  0.000 ms  0.000 ms\n',
  ],
  ['nc -zv 127.0.0.1 80', 'Connection to 127.0.0.1 80 port [tcp/*] succeeded!\n'],
  ['nc -zv localhost 80', 'Connection to localhost (127.0.0.1) 80 port [tcp/*] succeeded!\n'],
  [
    'wget -O /tmp/page localhost:80',
    `Connecting to localhost (127.0.0.1:80)\nsaving to '/tmp/page'\npage                 100% |********************************|   204  0:00:00 ETA\n'/tmp/page' saved\n`,
  ],
  ['sleep 100 & kill %1; wait; echo $?', '0\n'],
])('%s', async (script, text) => {
  expect(await run(script)).toEqual({ text, exitCode: 0 });
});

it.each([
  ['ip foo', 'Object "foo" is unknown, try "ip help".\n', 1],
  ['ip route add default via 10.0.0.1', 'RTNETLINK answers: Operation not permitted\n', 2],
  ['ip addr show eth9', 'Device "eth9" does not exist.\n', 1],
  ['getent hosts 10.244.0.9', '', 2],
  ['nc -zv 127.0.0.1 1', 'nc: connect to 127.0.0.1 port 1 (tcp) failed: Connection refused\n', 1],
  ['nc -zv localhost 1', 'nc: connect to localhost (127.0.0.1) port 1 (tcp) failed: Connection refused\n', 1],
  ['nc -l 80', 'nc: Address already in use\n', 1],
  ['kill %9', 'sh: kill: %9: no such job\n', 2],
])('%s fails', async (script, text, exitCode) => {
  expect(await run(script)).toEqual({ text, exitCode });
});

it('nc says who comes', async () => {
  const { text } = await run('nc -lv 9000 > /tmp/got & echo hello | nc -N 127.0.0.1 9000; wait; cat /tmp/got');
  expect(text).toMatch(/^Listening on 0\.0\.0\.0 9000\nConnection received on web-0 \d+\nhello\n$/);
  const udp = await run('timeout 2 nc -luvn 9001 & echo hello | nc -u -w1 127.0.0.1 9001; wait');
  expect(udp.text).toMatch(/^Bound on 0\.0\.0\.0 9001\nConnection received on 10\.244\.0\.2 \d+\nhello\n$/);
});

it.each([
  ['telnet 127.0.0.1 1', "telnet: can't connect to remote host (127.0.0.1): Connection refused\n", 1],
  ['telnet nope 80', "telnet: bad address 'nope'\n", 1],
  ['telnet localhost x', 'telnet: usage: telnet HOST [PORT]\n', 1],
  [
    'printf "GET / HTTP/1.0\\r\\n\\r\\n" | telnet localhost 80 | grep -E "^(HTTP|Conn)"',
    'Connected to localhost\nHTTP/1.1 200 OK\r\nConnection: close\r\nConnection closed by foreign host\n',
    0,
  ],
  ['telnet localhost 80 < /dev/null', 'Connected to localhost\nConnection closed by foreign host\n', 0],
])('%s', async (script, text, exitCode) => {
  expect(await run(script)).toEqual({ text, exitCode });
});
