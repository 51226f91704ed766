/** A value of Redis's protocol, RESP2. */
export type RespValue =
  | { readonly type: 'simple' | 'string' | 'error'; readonly text: string }
  | { readonly type: 'integer'; readonly number: number }
  | { readonly type: 'array'; readonly items: readonly RespValue[] }
  | { readonly type: 'null' };

/** A request as an array of bulk strings. */
export const encodeCommand = (words: readonly string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;

export function encodeResp(value: RespValue): string {
  switch (value.type) {
    case 'simple':
      return `+${value.text}\r\n`;
    case 'error':
      return `-${value.text}\r\n`;
    case 'integer':
      return `:${value.number}\r\n`;
    case 'string':
      return `$${Buffer.byteLength(value.text)}\r\n${value.text}\r\n`;
    case 'null':
      return '$-1\r\n';
    case 'array':
      return `*${value.items.length}\r\n${value.items.map(encodeResp).join('')}`;
  }
}

/** What a peer sent is not the protocol. */
export class RespError extends Error {
  override readonly name = 'RespError';
}

const MAX_SIZE = 64 * 1024 * 1024;

/** Takes bytes as they come and gives the values that are complete; a bare line is an inline command (an array of its words). */
export class RespReader {
  #rest: Buffer = Buffer.alloc(0);

  /** Throws RespError. */
  push(chunk: Buffer): RespValue[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    if (this.#rest.length > MAX_SIZE) throw new RespError('Protocol error: too big');
    const values: RespValue[] = [];
    for (let at = 0; ;) {
      const found = this.#value(at);
      if (found === undefined) {
        this.#rest = this.#rest.subarray(at);
        return values;
      }
      values.push(found.value);
      at = found.end;
    }
  }

  #value(at: number, depth = 0): { value: RespValue; end: number } | undefined {
    if (depth > 32) throw new RespError('Protocol error: nested too deeply');
    const newline = this.#rest.indexOf('\n', at);
    if (newline === -1) return undefined;
    const line = this.#rest.toString('utf8', at, newline).replace(/\r$/, '');
    const end = newline + 1;
    const text = line.slice(1);
    switch (line[0]) {
      case '+':
        return { value: { type: 'simple', text }, end };
      case '-':
        return { value: { type: 'error', text }, end };
      case ':':
        return { value: { type: 'integer', number: Number(text) }, end };
      case '$': {
        const length = size(text, 'invalid bulk length');
        if (length === -1) return { value: { type: 'null' }, end };
        if (this.#rest.length < end + length + 2) return undefined;
        return {
          value: { type: 'string', text: this.#rest.toString('utf8', end, end + length) },
          end: end + length + 2,
        };
      }
      case '*': {
        const count = size(text, 'invalid multibulk length');
        if (count === -1) return { value: { type: 'null' }, end };
        const items: RespValue[] = [];
        let next = end;
        for (let i = 0; i < count; i++) {
          const item = this.#value(next, depth + 1);
          if (item === undefined) return undefined;
          items.push(item.value);
          next = item.end;
        }
        return { value: { type: 'array', items }, end: next };
      }
      default: {
        const items = line
          .split(/\s+/)
          .filter(Boolean)
          .map((word): RespValue => ({ type: 'string', text: word }));
        return { value: { type: 'array', items }, end };
      }
    }
  }
}

function size(text: string, problem: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < -1 || number > MAX_SIZE) throw new RespError(`Protocol error: ${problem}`);
  return number;
}
