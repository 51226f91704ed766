const CANONICAL = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** A text as base64 with padding, the way Go reads and writes bytes in JSON; undefined where it is none. */
export function canonicalBase64(text: string): string | undefined {
  if (!CANONICAL.test(text)) {
    if (base64Flaw(text) !== undefined) return undefined;
  } else if (!text.endsWith('=')) return text;
  return Buffer.from(text, 'base64').toString('base64');
}

/** Where Go's decoder gives up on a text (`illegal base64 data at input byte N`), or undefined where it does not. */
export function base64Flaw(text: string): number | undefined {
  const bytes = Buffer.from(text, 'utf8');
  let at = 0;
  /** How many characters of the quantum of four have been read. */
  let read = 0;
  const skipNewlines = (): void => {
    while (bytes[at] === 10 || bytes[at] === 13) at++;
  };
  for (;;) {
    if (at === bytes.length) return read === 0 ? undefined : at - read;
    const byte = bytes[at++]!;
    if (byte === 10 || byte === 13) continue;
    if (isDigit(byte)) {
      read = (read + 1) % 4;
      continue;
    }
    if (byte !== PADDING || read < 2) return at - 1;
    if (read === 2) {
      skipNewlines();
      if (at === bytes.length) return at;
      if (bytes[at] !== PADDING) return at - 1;
      at++;
    }
    skipNewlines();
    return at < bytes.length ? at : undefined;
  }
}

const PADDING = 61;

const isDigit = (byte: number): boolean =>
  (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || (byte >= 48 && byte <= 57) || byte === 43 || byte === 47;
