import { badRequest, unsupportedMediaType, type ApiObject, type DeleteOptions } from '@kubarium/shared';
import { parse } from 'yaml';
import type { BodyDecoder } from './body-decoder.ts';

/** Reads JSON and YAML as they stand, without looking at a schema. */
export const plainBodyDecoder: BodyDecoder = {
  object(expected, body, contentType) {
    const object = read(body, contentType) as ApiObject;
    object.kind ??= expected.kind;
    object.apiVersion ??= expected.group === '' ? expected.version : `${expected.group}/${expected.version}`;
    object.metadata ??= { name: '', uid: '', resourceVersion: '', creationTimestamp: '' };
    return { object, warnings: [] };
  },
  deleteOptions: (body, contentType) => read(body, contentType) as DeleteOptions,
  target: (group, version, kind) => ({ group, version, kind, schema: '' }),
};

function read(body: Buffer, contentType = 'application/json'): unknown {
  const text = body.toString();
  try {
    switch (contentType.split(';', 1)[0]!.trim()) {
      case '':
      case 'application/json':
        return JSON.parse(text);
      case 'application/yaml':
        return parse(text);
    }
  } catch (error) {
    throw badRequest(`couldn't get version/kind; json parse error: ${(error as Error).message}`);
  }
  throw unsupportedMediaType(
    'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  );
}
