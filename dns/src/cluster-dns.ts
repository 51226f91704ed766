import type { Component, InformerFactory, Runtime } from '@kubarium/shared';
import { answerQuestion, type Question } from './answer.ts';
import { decodeQuery } from './decode-query.ts';
import { encodeFormatError, encodeResponse } from './encode-response.ts';
import { InformedIndex } from './informed-index.ts';
import { TYPE, type Answer } from './record.ts';

/** Turns a query's bytes into the response's; undefined is silence. Never throws, whatever the bytes. */
export type AnswerMessage = (message: Uint8Array, transport: 'udp' | 'tcp') => Uint8Array | undefined;

export interface ClusterDnsOptions {
  readonly informers: InformerFactory;
  readonly runtime: Runtime;
  /** `cluster.local` by default. */
  readonly zone?: string | undefined;
  /** How long answers may be kept; 5 s by default, as CoreDNS has it. */
  readonly ttlSeconds?: number | undefined;
  /** The Service through which the DNS is reached; kube-system/kube-dns by default. */
  readonly service?: { readonly namespace: string; readonly name: string } | undefined;
}

/**
 * What CoreDNS's kubernetes plugin is: follows Services, EndpointSlices and namespaces, and answers questions about them. One
 * serves any number of servers, on the pod network (`serveDns`) and on real sockets (HostDnsListener).
 */
export class ClusterDns implements Component {
  readonly name = 'dns';
  readonly zone: string;
  readonly #informers: InformerFactory;
  readonly #index: InformedIndex;
  readonly #runtime: Runtime;
  readonly #ttlSeconds: number;
  readonly #service: { readonly namespace: string; readonly name: string };

  constructor({ informers, runtime, zone = 'cluster.local', ttlSeconds = 5, service }: ClusterDnsOptions) {
    this.zone = zone.toLowerCase().replace(/\.$/, '');
    this.#informers = informers;
    this.#index = new InformedIndex(informers);
    this.#runtime = runtime;
    this.#ttlSeconds = ttlSeconds;
    this.#service = service ?? { namespace: 'kube-system', name: 'kube-dns' };
  }

  async start(): Promise<void> {
    await this.#informers.start();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  /** True once the caches are filled: CoreDNS's readiness. */
  get ready(): boolean {
    return this.#index.synced;
  }

  /** Answers a question and says why: for the servers, and for traces and explanations. */
  answer(question: Question): Answer {
    if (!this.ready) return serverFailure('the DNS has not yet read the Services');
    const { namespace, name } = this.#service;
    return answerQuestion(question, {
      index: this.#index,
      zone: this.zone,
      ttlSeconds: this.#ttlSeconds,
      serial: Math.floor(this.#runtime.clock.now() / 1000),
      serverAddress: this.#index.service(namespace, name)?.clusterIPs[0],
    });
  }

  /** The same over the wire format; to be given to servers. */
  readonly answerMessage: AnswerMessage = (message, transport) => {
    const query = decodeQuery(message);
    if ('malformed' in query) return encodeFormatError(query);
    const refusal = (rcode: Answer['rcode'], reason: string): Uint8Array =>
      encodeResponse(query, { ...serverFailure(reason), rcode }, transport);
    if (query.opcode !== 0) return refusal('NOTIMP', `opcode ${query.opcode} is not served`);
    if (query.type === TYPE.OPT) return encodeFormatError({ malformed: true, id: query.id, opcode: 0 });
    if (query.edns !== undefined && query.edns.version !== 0) return refusal('BADVERS', 'only EDNS 0 is spoken');
    return encodeResponse(query, this.answer(query), transport);
  };
}

const serverFailure = (reason: string): Answer => ({
  rcode: 'SERVFAIL',
  authoritative: false,
  answers: [],
  authority: [],
  additional: [],
  reason,
});
