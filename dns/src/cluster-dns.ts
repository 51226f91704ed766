import type { Component, InformerFactory, Random, Runtime } from '@kubarium/shared';
import type { AnswerMessage } from './answer-message.ts';
import { answerQuestion, type Question } from './answer.ts';
import { declined } from './declined.ts';
import { decodeQuery } from './decode-query.ts';
import { encodeQuery } from './encode-query.ts';
import { encodeFormatError, encodeResponse } from './encode-response.ts';
import { InformedIndex } from './informed-index.ts';
import { parseRequest } from './parse-request.ts';
import { readResponse } from './read-response.ts';
import { CLASS_IN, TYPE, type Answer, type Rcode, type ResourceRecord } from './record.ts';
import { shuffledAnswer } from './shuffled-answer.ts';
import type { Upstream } from './upstream.ts';

export interface ClusterDnsOptions {
  readonly informers: InformerFactory;
  readonly runtime: Runtime;
  /** `cluster.local` by default. */
  readonly zone?: string | undefined;
  /** How long answers may be kept; 30 s by default, as kubeadm sets CoreDNS up. */
  readonly ttlSeconds?: number | undefined;
  /** Who is asked for names outside the cluster; absent: they are refused. */
  readonly upstream?: Upstream | undefined;
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
  readonly #random: Random;
  readonly #ttlSeconds: number;
  readonly #upstream: Upstream | undefined;
  readonly #service: { readonly namespace: string; readonly name: string };

  constructor({ informers, runtime, zone = 'cluster.local', ttlSeconds = 30, upstream, service }: ClusterDnsOptions) {
    this.zone = zone.toLowerCase().replace(/\.$/, '');
    this.#informers = informers;
    this.#index = new InformedIndex(informers);
    this.#runtime = runtime;
    this.#random = runtime.random.fork('dns');
    this.#ttlSeconds = ttlSeconds;
    this.#upstream = upstream;
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

  /** What the cluster itself answers to a question, and why: for the servers, and for traces and explanations. */
  answer(question: Question): Answer {
    if (!this.ready) return declined('SERVFAIL', 'the DNS has not yet read the Services');
    const { namespace, name } = this.#service;
    const answer = answerQuestion(question, {
      index: this.#index,
      zone: this.zone,
      ttlSeconds: this.#ttlSeconds,
      serial: Math.floor(this.#runtime.clock.now() / 1000),
      server: this.#index.service(namespace, name),
    });
    if (!this.#isForeign(question, answer)) return answer;
    const isForwarded = this.#upstream !== undefined;
    const more = isForwarded ? 'the upstream server is asked' : 'no other server is asked (--dns-upstream names one)';
    return { ...answer, isForwarded, reason: `${answer.reason}; ${more}` };
  }

  /** The same over the wire format; to be given to servers. Several addresses come in an order by chance, to share the load. */
  readonly answerMessage: AnswerMessage = (message, transport) => {
    const query = decodeQuery(message);
    if ('malformed' in query) return encodeFormatError(query);
    const write = (told: Answer): Uint8Array => encodeResponse(query, shuffledAnswer(told, this.#random), transport);
    const decline = (rcode: Rcode, reason: string): Uint8Array => write(declined(rcode, reason));
    if (query.opcode !== 0) return decline('NOTIMP', `opcode ${query.opcode} is not served`);
    if (query.type === TYPE.OPT) return encodeFormatError({ malformed: true, id: query.id, opcode: 0 });
    if (query.edns !== undefined && query.edns.version !== 0) return decline('BADVERS', 'only EDNS 0 is spoken');
    const answer = this.answer(query);
    const upstream = answer.isForwarded === true ? this.#upstream : undefined;
    if (upstream === undefined) return write(answer);
    if (answer.leadsTo !== undefined) {
      const found = this.#ask(upstream, answer.leadsTo, query.type);
      return found.then((more) => write({ ...answer, answers: [...answer.answers, ...more] }));
    }
    return upstream(message, transport).catch((error: unknown) => {
      this.#warn(query.name, error);
      return decline('SERVFAIL', 'the upstream DNS server does not answer');
    });
  };

  /** Names outside the cluster's domain, aliases that lead there, and addresses that nobody in the cluster has (CoreDNS's `fallthrough`). */
  #isForeign({ name, type, class: of }: Question, { rcode, leadsTo }: Answer): boolean {
    if (leadsTo !== undefined) return true;
    if (rcode === 'NOERROR' || of !== CLASS_IN || type === TYPE.AXFR || type === TYPE.IXFR) return false;
    const { kind } = parseRequest(name, this.zone);
    return kind === 'outside' || (kind === 'reverse' && rcode === 'NXDOMAIN');
  }

  /** The addresses of a name outside the cluster, and the aliases on the way to them; none where the upstream server tells none. */
  async #ask(upstream: Upstream, name: string, type: number): Promise<readonly ResourceRecord[]> {
    try {
      const query = encodeQuery(name, type);
      const response = readResponse(await upstream(query, 'udp'));
      return response.truncated ? readResponse(await upstream(query, 'tcp')).answers : response.answers;
    } catch (error) {
      this.#warn(name, error);
      return [];
    }
  }

  #warn(name: string, error: unknown): void {
    this.#runtime.logger.warn({ name, err: error }, 'a name outside the cluster could not be asked for');
  }
}
