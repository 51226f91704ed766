import type { Component, Runtime } from '@kubarium/shared';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import type { AnswerMessage } from './answer-message.ts';
import { replyWith } from './reply-with.ts';
import { serveStream } from './tcp-frames.ts';

const IDLE_TIMEOUT_MS = 10_000;

export interface HostDnsListenerOptions {
  readonly answer: AnswerMessage;
  readonly runtime: Runtime;
  /** 127.0.0.1 by default. */
  readonly address?: string | undefined;
  readonly port: number;
}

/** The cluster's DNS on real UDP and TCP sockets of this machine. `start` rejects with the system's error where the port is taken. */
export class HostDnsListener implements Component {
  readonly name = 'host-dns';
  readonly #options: HostDnsListenerOptions;
  readonly #address: string;
  readonly #udp: UdpSocket;
  readonly #tcp: Server;
  readonly #clients = new Set<Socket>();
  #stopped = false;

  constructor(options: HostDnsListenerOptions) {
    this.#options = options;
    this.#address = options.address ?? '127.0.0.1';
    this.#udp = createSocket('udp4', (message, from) => {
      // Nobody can be answered there, and to try throws.
      if (from.port === 0) return;
      replyWith(options.answer(message, 'udp'), (response) => {
        if (response !== undefined && !this.#stopped) this.#udp.send(response, from.port, from.address);
      });
    });
    this.#tcp = createServer((socket) => {
      this.#clients.add(socket);
      socket.setTimeout(IDLE_TIMEOUT_MS, () => socket.destroy()).on('close', () => this.#clients.delete(socket));
      serveStream(socket, options.answer);
    });
  }

  async start(): Promise<void> {
    // A port that is free for TCP may be taken for UDP: where any will do, another may be had.
    for (let attempts = this.#options.port === 0 ? 10 : 1; !(await this.#opens(attempts === 1)); attempts--);
    for (const socket of [this.#udp, this.#tcp]) {
      socket.removeAllListeners('error').on('error', (error: Error) => {
        this.#options.runtime.logger.warn({ err: error }, 'the DNS socket failed');
      });
    }
  }

  /** Whether both could be opened at one port; at last with the reason why not, as an error. */
  async #opens(throws: boolean): Promise<boolean> {
    await new Promise<void>((resolve, reject) => {
      this.#tcp.once('error', reject).listen(this.#options.port, this.#address, () => resolve());
    });
    try {
      await new Promise<void>((resolve, reject) => {
        this.#udp.once('error', reject).bind(this.port, this.#address, () => resolve());
      });
      return true;
    } catch (error) {
      await new Promise((resolve) => this.#tcp.close(resolve));
      if (throws) throw error;
      return false;
    }
  }

  /** The port in use; of interest where 0 was asked for. */
  get port(): number {
    const address = this.#tcp.address();
    return typeof address === 'object' && address !== null ? address.port : this.#options.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    for (const client of this.#clients) client.destroy();
    await Promise.all([
      new Promise<void>((resolve) => this.#udp.close(() => resolve())),
      new Promise<void>((resolve) => this.#tcp.close(() => resolve())),
    ]);
  }
}
