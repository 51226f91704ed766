/**
 * Resolves once the process is told to end, with how: by Ctrl-C, or by SIGTERM. Signals that come after it change nothing: npm passes on the Ctrl-C
 * that the terminal has sent to both, and a second one must not end the process halfway.
 */
export const interruption = (): Promise<'SIGINT' | 'SIGTERM'> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve(signal));
  });
