import { request } from 'node:https';
import type { JsonObject } from './kind-cases.ts';

export interface Answer {
  readonly body: JsonObject;
  readonly warnings: string[];
}

type Send = (method: string, path: string, body?: JsonObject, accept?: string) => Promise<Answer>;

/** Sends JSON to an API server whose certificate is not looked at, as an administrator's token. */
export const apiClient =
  (server: string, token: string): Send =>
  (method, path, body, accept = 'application/json') =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept };
      const outgoing = request(server + path, { method, headers, rejectUnauthorized: false }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => {
          const warnings = [...(response.headers['warning'] ?? '').matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)];
          resolve({
            body: JSON.parse(text) as JsonObject,
            warnings: warnings.map((match) => JSON.parse(`"${match[1]}"`) as string),
          });
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
