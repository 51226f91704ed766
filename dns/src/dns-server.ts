import type { NetworkNamespace } from '@kubarium/shared';
import type { AnswerMessage } from './answer-message.ts';
import { replyWith } from './reply-with.ts';
import { serveStream } from './tcp-frames.ts';

export interface ServeDnsOptions {
  readonly network: NetworkNamespace;
  readonly answer: AnswerMessage;
  /** 53 by default. */
  readonly port?: number | undefined;
  /** How long an idle TCP client is kept; 10 s by default, as CoreDNS has it. */
  readonly idleTimeoutMs?: number | undefined;
}

/** Serves DNS over UDP and TCP in a network namespace, until disposed. Throws EADDRINUSE. */
export function serveDns({ network, answer, port = 53, idleTimeoutMs = 10_000 }: ServeDnsOptions): Disposable {
  let isClosed = false;
  const udp = network.bind({
    port,
    onDatagram: ({ data, from }) => {
      replyWith(answer(data, 'udp'), (response) => {
        if (response !== undefined && !isClosed) udp.send(response, from);
      });
    },
  });
  try {
    const tcp = network.listen({ port }, (connection) => {
      connection.setTimeout(idleTimeoutMs, () => connection.destroy());
      serveStream(connection, answer);
    });
    return {
      [Symbol.dispose]() {
        isClosed = true;
        udp[Symbol.dispose]();
        tcp[Symbol.dispose]();
      },
    };
  } catch (error) {
    udp[Symbol.dispose]();
    throw error;
  }
}
