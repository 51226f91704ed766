import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { readBody } from './read-body.ts';

test.each([
  ['without a word', undefined],
  ['with an error', new Error('aborted')],
])('a client that leaves in the middle of its body, %s, has made a mistake', async (_, error) => {
  const request = new IncomingMessage(new Socket());
  request.push('{"kind":');
  const body = readBody(request);
  request.destroy(error);
  await expect(body).rejects.toMatchObject({ code: 400, message: 'unexpected EOF' });
});
