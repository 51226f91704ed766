/**
 * The scenes of test-data/requests.yaml: requests that follow each other, and what they are answered with. Objects that a scene makes are
 * its own, in the namespace `requests`.
 */
import { comparable, type JsonObject, type Recorded } from './kind-cases.ts';

export interface Scene {
  readonly name: string;
  readonly requests: readonly SceneRequest[];
}

/** `METHOD PATH`, with a body, which is JSON unless its content type says otherwise. */
export type SceneRequest = string | readonly [line: string, body: unknown, contentType?: string];

export interface RecordedAnswer extends Recorded {
  readonly code: number;
}

export interface SceneAnswer {
  readonly code: number;
  readonly text: string;
  readonly warning: string | undefined;
}

export type Send = (method: string, path: string, body?: string, contentType?: string) => Promise<SceneAnswer>;

const NAMESPACE = 'requests';

export async function setStage(send: Send): Promise<void> {
  await send('POST', '/api/v1/namespaces', JSON.stringify({ metadata: { name: NAMESPACE } }));
  const account = JSON.stringify({ metadata: { name: 'default' } });
  await send('POST', `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`, account);
}

export async function play(send: Send, { requests }: Scene): Promise<RecordedAnswer[]> {
  const answers: RecordedAnswer[] = [];
  for (const request of requests) {
    const [line, body, contentType = 'application/json'] = typeof request === 'string' ? [request] : request;
    const [method, path] = line.split(' ') as [string, string];
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    answers.push(recorded(await send(method, path, text, contentType), body));
  }
  return answers;
}

function recorded({ code, text, warning = '' }: SceneAnswer, sent: unknown): RecordedAnswer {
  const body = JSON.parse(text) as JsonObject;
  const warnings = [...warning.matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map(
    (match) => JSON.parse(`"${match[1]}"`) as string,
  );
  const told = { code, ...(warnings.length === 0 ? {} : { warnings }) };
  if (body['kind'] !== 'Status') {
    const object = comparable(body, (sent ?? {}) as JsonObject);
    const metadata = object['metadata'] as JsonObject;
    if (metadata['deletionTimestamp'] !== undefined) metadata['deletionTimestamp'] = 'NOW';
    return { ...told, object };
  }
  const { causes: all = [] } = (body['details'] ?? {}) as { causes?: unknown[] };
  // The real server looks at the metadata of an update several times, and tells each time.
  const causes = [...new Map(all.map((cause) => [JSON.stringify(cause), cause])).values()];
  return { ...told, message: withoutIds(body['message'] as string), causes };
}

const withoutIds = (message: string | undefined): string =>
  (message ?? '').replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID');
