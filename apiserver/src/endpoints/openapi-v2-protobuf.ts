import {
  METHODS,
  type Swagger,
  type SwaggerOperation,
  type SwaggerParameter,
  type SwaggerPath,
  type SwaggerSchema,
} from './openapi-v2.ts';
import { WireWriter } from './protobuf/wire-writer.ts';

/**
 * A Swagger document as the protobuf message `openapi.v2.Document` of github.com/google/gnostic-models, openapiv2/OpenAPIv2.proto, whose
 * field numbers stand here: what kubectl reads `/openapi/v2` as, and in no other form.
 */
export function encodeSwagger({ swagger, info, paths, definitions, securityDefinitions, security }: Swagger): Buffer {
  const keys = named(securityDefinitions, ({ type, name, in: place }) =>
    new WireWriter().message(2, new WireWriter().text(1, type).text(2, name).text(3, place)),
  );
  const needs = security.map((one) => named(one, (scopes) => texts(new WireWriter(), 1, scopes)));
  const document = new WireWriter()
    .text(1, swagger)
    .message(2, new WireWriter().text(1, info.title).text(2, info.version))
    .message(8, named(paths, pathItem, 2))
    .message(9, named(definitions, schemaMessage));
  return messages(document, 12, needs).message(13, keys).bytes();
}

/** A map: messages of a name and a value, in one field. */
function named<T>(values: Readonly<Record<string, T>>, encode: (value: T) => WireWriter, field = 1): WireWriter {
  const entries = Object.entries(values).map(([name, value]) =>
    new WireWriter().text(1, name).message(2, encode(value)),
  );
  return messages(new WireWriter(), field, entries);
}

function messages(writer: WireWriter, field: number, values: readonly WireWriter[]): WireWriter {
  for (const value of values) writer.message(field, value);
  return writer;
}

function texts(writer: WireWriter, field: number, values: readonly string[]): WireWriter {
  for (const value of values) writer.text(field, value);
  return writer;
}

/** Any value is its YAML, of which JSON is a part. */
const any = (value: unknown): WireWriter => new WireWriter().text(2, `${JSON.stringify(value)}\n`);

function extensions(writer: WireWriter, field: number, of: object): WireWriter {
  const entries = Object.entries(of).filter(([name]) => name.startsWith('x-'));
  return messages(
    writer,
    field,
    entries.map(([name, value]) => new WireWriter().text(1, name).message(2, any(value))),
  );
}

function pathItem(path: SwaggerPath): WireWriter {
  const fields = { get: 2, put: 3, post: 4, delete: 5, patch: 8 };
  const writer = new WireWriter();
  for (const method of METHODS) {
    const operation = path[method];
    if (operation !== undefined) writer.message(fields[method], operationMessage(operation));
  }
  return messages(writer, 9, path.parameters.map(parameterItem));
}

function operationMessage(operation: SwaggerOperation): WireWriter {
  const { tags, operationId, produces, consumes, parameters = [], responses, schemes } = operation;
  const writer = texts(new WireWriter(), 1, tags).text(5, operationId);
  texts(texts(writer, 6, produces), 7, consumes);
  messages(writer, 8, parameters.map(parameterItem));
  const answers = named(responses, ({ description, schema }) => {
    const response = new WireWriter().text(1, description);
    if (schema !== undefined) response.message(2, new WireWriter().message(1, schemaMessage(schema)));
    return new WireWriter().message(1, response);
  });
  return extensions(texts(writer.message(9, answers), 10, schemes), 13, operation);
}

const parameterItem = (parameter: SwaggerParameter): WireWriter =>
  new WireWriter().message(1, parameterMessage(parameter));

function parameterMessage(parameter: SwaggerParameter): WireWriter {
  const { name, required = false } = parameter;
  if (parameter.in === 'body') {
    const body = new WireWriter().text(2, name).text(3, 'body').flag(4, required);
    return new WireWriter().message(1, body.message(5, schemaMessage(parameter.schema)));
  }
  const { type, uniqueItems } = parameter;
  const rest = new WireWriter().flag(1, required).text(2, parameter.in).text(4, name);
  const nonBody =
    parameter.in === 'query'
      ? new WireWriter().message(3, rest.text(6, type).flag(20, uniqueItems))
      : new WireWriter().message(4, rest.text(5, type).flag(19, uniqueItems));
  return new WireWriter().message(2, nonBody);
}

function schemaMessage(schema: SwaggerSchema): WireWriter {
  const { $ref, format, description, required = [], type, items, additionalProperties, properties } = schema;
  const writer = new WireWriter();
  if ($ref !== undefined) writer.text(1, $ref);
  if (format !== undefined) writer.text(2, format);
  if (description !== undefined) writer.text(4, description);
  texts(writer, 19, required);
  messages(writer, 20, (schema.enum ?? []).map(any));
  if (additionalProperties !== undefined) {
    writer.message(21, new WireWriter().message(1, schemaMessage(additionalProperties)));
  }
  if (type !== undefined) writer.message(22, new WireWriter().text(1, type));
  if (items !== undefined) writer.message(23, new WireWriter().message(1, schemaMessage(items)));
  if (properties !== undefined) writer.message(25, named(properties, schemaMessage));
  return extensions(writer, 31, schema);
}
