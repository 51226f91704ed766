import { serveDns, type ClusterDns } from '@kubarium/dns';
import { defineImage, serveHttp, type Image, type Process, type Program } from '@kubarium/kubelet';

const DNS_PORT = 53;
const HEALTH_PORT = 8080;
const READY_PORT = 8181;

/** The image of kube-system's DNS pods: each serves the cluster's DNS at its own address, so that losing them loses names. */
export const coreDnsImage = (dns: ClusterDns): Image =>
  defineImage({ entrypoint: ['/coredns'], programs: { '/coredns': coreDns(dns) }, sizeBytes: 22_000_000 });

const coreDns =
  (dns: ClusterDns): Program =>
  async (process) => {
    using servers = new DisposableStack();
    servers.use(serveDns({ network: process.network, answer: dns.answerMessage, port: DNS_PORT }));
    servers.use(answerProbes(process, HEALTH_PORT, () => true));
    servers.use(answerProbes(process, READY_PORT, () => dns.ready));
    process.stdout.write(`.:${DNS_PORT}\nCoreDNS, simulated, serving ${dns.zone}\n`);
    await terminated(process);
    process.stdout.write('[INFO] SIGTERM: Shutting down servers then terminating\n');
    return 0;
  };

/** The `health` and `ready` plugins: 200 OK, or 503. */
const answerProbes = (process: Process, port: number, isWell: () => boolean): Disposable =>
  serveHttp(process, { port }, (_request, response) => {
    const text = isWell() ? 'OK' : 'not ready';
    response.writeHead(isWell() ? 200 : 503, { 'Content-Length': text.length }).end(text);
  });

const terminated = (process: Process): Promise<void> =>
  new Promise((resolve) => {
    process.onSignal('SIGTERM', () => resolve());
    process.killed.addEventListener('abort', () => resolve(), { once: true });
  });
