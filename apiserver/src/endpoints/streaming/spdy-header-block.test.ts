import { constants, deflateSync, inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { SPDY_DICTIONARY } from './spdy-dictionary.ts';
import { HeaderBlockReader, HeaderBlockWriter } from './spdy-header-block.ts';

const headers = (port: string) =>
  new Map([
    ['streamtype', 'data'],
    ['port', port],
    ['requestid', '0'],
  ]);

test('the dictionary is the one that everybody else has', () => {
  expect(SPDY_DICTIONARY.length).toBe(1423);
  const head = new HeaderBlockWriter().write(new Map()).subarray(0, 6);
  expect(head.toString('hex')).toBe('78bbe3c6a7c2');
});

test('what is written is one zlib stream', () => {
  const writer = new HeaderBlockWriter();
  const stream = Buffer.concat([writer.write(headers('80')), writer.write(headers('81'))]);
  const plain = inflateSync(stream, { dictionary: SPDY_DICTIONARY, finishFlush: constants.Z_SYNC_FLUSH });
  expect(plain.readUInt32BE(0)).toBe(3);
  expect(plain.toString('latin1')).toContain('81');
});

test('later blocks may refer back to earlier ones', () => {
  const plain = (port: string): Buffer => {
    const text = (value: string): Buffer => Buffer.concat([Buffer.of(0, 0, 0, value.length), Buffer.from(value)]);
    return Buffer.concat([Buffer.of(0, 0, 0, 2), text('streamtype'), text('data'), text('port'), text(port)]);
  };
  const first = plain('8080');
  const both = Buffer.concat([first, plain('9090')]);
  const options = { dictionary: SPDY_DICTIONARY, finishFlush: constants.Z_SYNC_FLUSH, level: 9 };
  // A stream of both blocks whose flush after the first is where a stream of the first alone ends.
  const firstBlock = deflateSync(first, options);
  const reader = new HeaderBlockReader();
  expect(reader.read(firstBlock).get('port')).toBe('8080');
  const rest = deflateRawWithWindow(plain('9090'), Buffer.concat([SPDY_DICTIONARY, first]));
  expect(rest.length).toBeLessThan(both.length - first.length);
  expect(reader.read(rest)).toEqual(
    new Map([
      ['streamtype', 'data'],
      ['port', '9090'],
    ]),
  );
});

function deflateRawWithWindow(data: Buffer, window: Buffer): Buffer {
  return deflateSync(data, { dictionary: window, finishFlush: constants.Z_SYNC_FLUSH }).subarray(6);
}
