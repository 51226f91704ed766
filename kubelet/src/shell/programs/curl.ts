import { joinedSinks, type KeptTrace } from '@kubarium/shared';
import type { Process } from '../../container/process.ts';
import { write } from '../../container/standard-io.ts';
import { command } from '../command.ts';
import type { Options } from '../command.ts';
import { CURL_OPTIONS, CURL_VERSION } from '../curl/curl-options.ts';
import { describeError } from '../curl/describe-error.ts';
import { unansweredHop } from '../curl/http-hop.ts';
import { Transfer } from '../curl/transfer.ts';

/**
 * `curl`: HTTP and HTTPS over the pod's network, each transfer on a connection of its own.
 *
 * With `-v` its last line, `* Kubarium: ...`, is no line of curl's: it tells how to see the trace of the transfer.
 *
 * Simplified: no progress meter, no HTTP/2, no connection re-use between the URLs of one command line.
 */
export const curl = command(CURL_OPTIONS, async (process, options) => {
  if (options.has('V')) {
    await write(process, `curl ${CURL_VERSION} (simulated) libcurl/${CURL_VERSION}\nProtocols: http https\n`);
    return 0;
  }
  const urls = [...options.all('url'), ...options.operands];
  if (urls.length === 0) {
    await write(
      process,
      "curl: (2) no URL specified\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
      process.stderr,
    );
    return 2;
  }
  let status = 0;
  for (const [i, url] of urls.entries()) status = await transferWithRetries(process, options, url, i);
  return status;
});

async function transferWithRetries(process: Process, options: Options, url: string, index: number): Promise<number> {
  const retries = options.number('retry') ?? 0;
  for (let attempt = 0; ; attempt++) {
    const kept = options.has('v') ? keptTrace(process, url) : undefined;
    const trace = joinedSinks(process.trace, kept);
    const transfer = new Transfer(process, options, index, trace);
    const showTrace = async (error?: string): Promise<void> => {
      if (kept === undefined) return;
      await write(process, `* Kubarium: ${kept.end({ code: transfer.code, error })}\n`, process.stderr);
    };
    try {
      await transfer.run(url);
      await showTrace();
      return 0;
    } catch (error) {
      process.killed.throwIfAborted();
      const failure = describeError(error, transfer);
      if (transfer.connected && transfer.received === 0) trace?.hop(unansweredHop(transfer, failure));
      const message = `curl: (${failure.code}) ${failure.message}`;
      await transfer.complain(failure);
      await showTrace(message);
      await transfer.writeOut(failure);
      const again =
        options.has('retry-all-errors') ||
        failure.code === 28 ||
        (failure.code === 7 && options.has('retry-connrefused'));
      if (attempt < retries && again) {
        const delay = (options.number('retry-delay') ?? 2 ** attempt) * 1000;
        await new Promise<void>((resolve) => void process.runtime.clock.setTimer(delay, resolve));
        continue;
      }
      if (!options.has('s') || options.has('S')) await write(process, `${message}\n`, process.stderr);
      return failure.code;
    }
  }
}

/** A trace of one transfer that can be looked at afterwards; `-v` says how. */
function keptTrace({ traces, pod }: Process, url: string): KeptTrace | undefined {
  const { namespace, name, container, node, ip } = pod;
  return traces?.begin({ namespace, pod: name, container, node, address: ip, url });
}
