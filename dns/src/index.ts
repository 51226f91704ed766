export { answerQuestion, type Question } from './answer.ts';
export type { FindOptions } from './find-name.ts';
export { ClusterDns, type AnswerMessage, type ClusterDnsOptions } from './cluster-dns.ts';
export { serveDns, type ServeDnsOptions } from './dns-server.ts';
export { HostDnsListener, type HostDnsListenerOptions } from './host-dns-listener.ts';
export { forwardTo, type Upstream } from './upstream.ts';
export { parseRequest, type NameRequest } from './parse-request.ts';
export { RCODE, TYPE, typeName, type Answer, type Rcode, type ResourceRecord } from './record.ts';
export type { ServiceIndex } from './service-index.ts';
