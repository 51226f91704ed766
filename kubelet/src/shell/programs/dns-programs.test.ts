import { Packet } from 'dns2';
import { expect, test } from 'vitest';
import { settle, testContainer } from '../../testing/test-container.ts';
import { loopbackNetwork } from '../../testing/loopback-network.ts';

const NAME = 'backend.default.svc.cluster.local';

/** A pod beside a DNS server that knows the backend Service. */
async function pod() {
  const network = loopbackNetwork();
  const server = network.bind({
    port: 53,
    onDatagram: ({ data, from }) => {
      const request = Packet.parse(Buffer.from(data));
      const response = Packet.createResponseFromRequest(request);
      response.header.aa = 1;
      // It speaks EDNS to those that do.
      response.additionals.push(...request.additionals.filter(({ type }) => type === 41));
      const { name, type } = request.questions[0]!;
      const record = new Packet.Resource(name, type, 1, 30);
      if (name === NAME && type === 1) response.answers.push(Object.assign(record, { address: '10.96.0.7' }));
      else if (name === '7.0.96.10.in-addr.arpa' && type === 12)
        response.answers.push(Object.assign(record, { domain: NAME }));
      else if (name === `_http._tcp.${NAME}` && type === 33)
        response.answers.push(Object.assign(record, { priority: 0, weight: 100, port: 80, target: NAME }));
      else if (name !== NAME) response.header.rcode = 3;
      server.send(response.toBuffer(), from);
    },
  });
  const { run, clock } = await testContainer({
    network,
    prepare: (files) =>
      files.writeFile(
        '/etc/resolv.conf',
        'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.244.0.2\noptions ndots:5\n',
      ),
  });
  return (script: string) => settle(clock, run(script));
}

test.each([
  ['nslookup backend', `Server:\t\t10.244.0.2\nAddress:\t10.244.0.2#53\n\nName:\t${NAME}\nAddress: 10.96.0.7\n\n`, 0],
  ['nslookup nope', "Server:\t\t10.244.0.2\nAddress:\t10.244.0.2#53\n\n** server can't find nope: NXDOMAIN\n\n", 1],
  ['nslookup 10.96.0.7', `7.0.96.10.in-addr.arpa\tname = ${NAME}.\n\n`, 0],
  [`host -t AAAA ${NAME}`, `${NAME} has no AAAA record\n`, 0],
  ['dig +short +search backend A', '10.96.0.7\n', 0],
  ['dig +notcp +noall +answer +search backend A', `${NAME}. 30 IN A\t10.96.0.7\n`, 0],
  ['dig +noall +answer +search nope A', '', 0],
  ['dig +short -x 10.96.0.7', `${NAME}.\n`, 0],
  [`dig +short _http._tcp.${NAME} SRV`, `0 100 80 ${NAME}.\n`, 0],
  [`dig SRV +short _http._tcp.${NAME}`, `0 100 80 ${NAME}.\n`, 0],
  ['dig backend.default.svc.cluster.local | grep -o "status: [A-Z]*"', 'status: NOERROR\n', 0],
  ['dig nope | grep -o "status: [A-Z]*"', 'status: NXDOMAIN\n', 0],
  ['host backend', `${NAME} has address 10.96.0.7\n`, 0],
])('%s', async (script, stdout, exitCode) => {
  const run = await pod();
  expect(await run(script)).toEqual({ stdout, stderr: '', exitCode });
});

test('dig shows a message as the real one does', async () => {
  const run = await pod();
  const { stdout } = await run('dig backend.default.svc.cluster.local');
  expect(stdout.replace(/id: \d+/, 'id: 1').replace(/WHEN: .*/, 'WHEN: now')).toBe(`
; <<>> DiG 9.18.24 <<>> backend.default.svc.cluster.local
;; global options: +cmd
;; Got answer:
;; WARNING: .local is reserved for Multicast DNS
;; You are currently testing what happens when an mDNS query is leaked to DNS
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1
;; flags: qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1
;; WARNING: recursion requested but not available

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags:; udp: 1232
;; QUESTION SECTION:
;backend.default.svc.cluster.local. IN\tA

;; ANSWER SECTION:
backend.default.svc.cluster.local. 30 IN A\t10.96.0.7

;; Query time: 0 msec
;; SERVER: 10.244.0.2#53(10.244.0.2) (UDP)
;; WHEN: now
;; MSG SIZE  rcvd: 78

`);
});

test('dig goes through the search list for names that do not exist, and stops at one that does', async () => {
  const run = await pod();
  const { stdout } = await run('dig +search +noall +question +comments backend AAAA');
  expect(stdout).toContain('status: NOERROR');
  expect(stdout).toContain(';backend.default.svc.cluster.local. IN\tAAAA\n');
});

test('dig says what went wrong before it greets', async () => {
  const run = await pod();
  expect(await run('dig @10.244.0.2 -p 54 +tries=1 backend')).toEqual({
    stdout: `;; communications error to 10.244.0.2#54: connection refused

; <<>> DiG 9.18.24 <<>> @10.244.0.2 -p 54 +tries=1 backend
; (1 server found)
;; global options: +cmd
;; no servers could be reached
`,
    stderr: '',
    exitCode: 9,
  });
});
