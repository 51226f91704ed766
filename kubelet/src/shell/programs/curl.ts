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
    const transfer = new Transfer(process, options, index);
    try {
      await transfer.run(url);
      return 0;
    } catch (error) {
      process.killed.throwIfAborted();
      const failure = describeError(error, transfer);
      if (transfer.connected && transfer.received === 0) process.trace?.hop(unansweredHop(transfer, failure));
      await transfer.complain(failure);
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
      if (!options.has('s') || options.has('S'))
        await write(process, `curl: (${failure.code}) ${failure.message}\n`, process.stderr);
      return failure.code;
    }
  }
}
