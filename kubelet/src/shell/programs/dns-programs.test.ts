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
  ['dig +short +search backend A', '10.96.0.7\n', 0],
  ['dig +notcp +noall +answer +search backend A', `${NAME}. 30\tIN\tA\t10.96.0.7\n`, 0],
  ['dig +noall +answer +search nope A', '', 0],
  ['dig +short -x 10.96.0.7', `${NAME}.\n`, 0],
  [`dig +short _http._tcp.${NAME} SRV`, `0 100 80 ${NAME}.\n`, 0],
  ['dig backend.default.svc.cluster.local | grep -o "status: [A-Z]*"', 'status: NOERROR\n', 0],
  ['dig nope | grep -o "status: [A-Z]*"', 'status: NXDOMAIN\n', 0],
  ['host backend', `${NAME} has address 10.96.0.7\n`, 0],
])('%s', async (script, stdout, exitCode) => {
  const run = await pod();
  expect(await run(script)).toEqual({ stdout, stderr: '', exitCode });
});
