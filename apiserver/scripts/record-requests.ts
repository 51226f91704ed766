/**
 * Asks a real API server what it answers to the scenes of test-data/requests.yaml: record-requests.ts SERVER TOKEN. Writes
 * requests.recorded.json beside it. The server must be a new one, with the ServiceAccount admission plugin.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { parse } from 'yaml';
import { play, setStage, type Scene, type Send } from './request-scenes.ts';

const [server, token] = process.argv.slice(2) as [string, string];
const folder = new URL('../test-data/', import.meta.url);

const send: Send = (method, path, body, contentType = 'application/json') =>
  new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': contentType,
      ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
    };
    const request = httpsRequest(server + path, { method, headers, rejectUnauthorized: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () =>
        resolve({ code: response.statusCode!, text, warning: response.headers['warning'] as string | undefined }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });

const scenes = parse(readFileSync(new URL('requests.yaml', folder), 'utf8')) as Scene[];
await setStage(send);
const answers: Record<string, unknown> = {};
for (const scene of scenes) answers[scene.name] = await play(send, scene);
writeFileSync(new URL('requests.recorded.json', folder), `${JSON.stringify(answers, undefined, 1)}\n`);
