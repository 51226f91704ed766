import type { ApiObject } from '@kubarium/shared';
import type { FastifyReply } from 'fastify';
import { stringify } from 'yaml';
import type { Rendered } from '../registry/registry.ts';
import type { Representation } from './content-negotiation.ts';

/** Sends one object, given with its text, in the representation chosen. The compact text goes out as it was stored. */
export function sendRendered(
  reply: FastifyReply,
  code: number,
  rendered: Rendered,
  representation: Representation,
): FastifyReply {
  if (representation.format === 'json' && !representation.pretty) return sendText(reply, code, `${rendered.text}\n`);
  return sendValue(reply, code, rendered.value, representation);
}

/** Sends an object that has no stored text. */
export const sendValue = (
  reply: FastifyReply,
  code: number,
  value: object,
  representation: Pick<Representation, 'format' | 'pretty'>,
): FastifyReply =>
  sendText(
    reply,
    code,
    textOf(value, representation),
    representation.format === 'yaml' ? 'application/yaml' : 'application/json',
  );

/** An object as text; only the compact form ends in a line feed, as the real server's does. */
export function textOf(value: object, { format, pretty }: Pick<Representation, 'format' | 'pretty'>): string {
  if (format === 'yaml') return yamlText(value);
  return pretty ? JSON.stringify(value, undefined, 2) : `${JSON.stringify(value)}\n`;
}

/** Sends a whole text. Written past Fastify's own serializing, which would add a charset that the real server does not send. */
export function sendText(
  reply: FastifyReply,
  code: number,
  text: string | Buffer,
  type = 'application/json',
): FastifyReply {
  const { raw } = reply.hijack();
  const bytes = Buffer.byteLength(text);
  raw.writeHead(code, { 'Content-Type': type, 'Content-Length': bytes });
  // Of what has a byte a character UTF-8 is the same, and dearer to write.
  raw.end(text, bytes === text.length ? 'latin1' : 'utf8');
  return reply;
}

/** YAML as the API writes it: keys in order. */
const yamlText = (value: object): string =>
  stringify(value, { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false });

/** The metadata of an object alone, as clients that only look at metadata ask for it. */
export const partialObjectMetadata = (object: Pick<ApiObject, 'metadata'>, version: 'v1' | 'v1beta1'): ApiObject => ({
  kind: 'PartialObjectMetadata',
  apiVersion: `meta.k8s.io/${version}`,
  metadata: object.metadata,
});

/** The answer to paths that are none of the API's. */
export function sendPageNotFound(reply: FastifyReply): FastifyReply {
  reply.raw.setHeader('X-Content-Type-Options', 'nosniff');
  return sendText(reply, 404, '404 page not found\n', 'text/plain; charset=utf-8');
}

/** What a kind is called inside the real server: `*networking.Ingress`. */
export function goTypeName(group: string, kind: string): string {
  const name = group === '' || group === 'events.k8s.io' ? 'core' : group.split('.', 1)[0];
  return `*${name}.${kind}`;
}
