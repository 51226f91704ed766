import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { parseDuration } from '@kubarium/shared';
import { expressionIn, unescaped } from './expression.ts';
import { nearestName } from './nearest-name.ts';
import schema from './scenario.schema.json' with { type: 'json' };

export interface SchemaProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

let validate: ValidateFunction | undefined;

/** What scenario.schema.json has against a document, in the order of the document's paths. */
export function schemaProblems(value: unknown): SchemaProblem[] {
  validate ??= compiledSchema();
  if (validate(value)) return [];
  return (validate.errors ?? []).map(problem);
}

function compiledSchema(): ValidateFunction {
  const ajv = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true, strictRequired: false });
  ajv.addFormat('duration', (text) => parseDuration(text) !== undefined);
  ajv.addFormat('regex', (text) => {
    if (expressionIn(text) !== undefined) return true;
    try {
      RegExp(unescaped(text));
      return true;
    } catch {
      return false;
    }
  });
  return ajv.compile(schema);
}

function problem(error: ErrorObject): SchemaProblem {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const where = path.length === 0 ? 'the document' : String(path.findLast((part) => typeof part === 'string'));
  switch (error.keyword) {
    case 'additionalProperties': {
      const field = String(error.params['additionalProperty']);
      if (field.endsWith(')')) {
        const message = `${where} has no field ${field}: an expression that holds a comma must be quoted here: "(...)"`;
        return { path: [...path, field], message };
      }
      const known = Object.keys((error.parentSchema as { properties?: object }).properties ?? {});
      const meant = nearestName(field, known);
      const hint = meant === undefined ? `; known are ${known.join(', ')}` : `; did you mean ${meant}?`;
      const what = error.parentSchema === schema.definitions.operation ? 'operation' : 'field';
      return { path: [...path, field], message: `${where} has no ${what} ${field}${known.length === 0 ? '' : hint}` };
    }
    case 'required':
      return { path, message: `${where} needs ${String(error.params['missingProperty'])}` };
    case 'enum':
      return { path, message: `${where} must be one of ${(error.params['allowedValues'] as unknown[]).join(', ')}` };
    case 'format':
      return {
        path,
        message:
          error.params['format'] === 'duration'
            ? `${where}: ${JSON.stringify(error.data)} is no duration; write it as 1m30s or 250ms`
            : `${where}: ${JSON.stringify(error.data)} is no regular expression`,
      };
    case 'type':
      return {
        path,
        message:
          (error.parentSchema as { format?: string }).format === 'duration'
            ? `${where}: ${typeName(error.data)} is no duration; write it as 1m30s or 250ms`
            : `${where} must be ${[error.params['type']].flat().map(wantedType).join(' or ')}, not ${typeName(error.data)}`,
      };
    case 'minItems':
      return { path, message: `${where} needs at least one item` };
    case 'minLength':
      return { path, message: `${where} must not be empty` };
    case 'minProperties':
    case 'maxProperties': {
      const known = Object.keys((error.parentSchema as { properties?: object }).properties ?? {});
      return { path, message: `${where} needs one of ${known.join(', ')}` };
    }
    case 'minimum':
    case 'maximum': {
      const bound = error.keyword === 'minimum' ? 'at least' : 'at most';
      return {
        path,
        message: `${where} must be ${bound} ${String(error.params['limit'])}, not ${typeName(error.data)}`,
      };
    }
    default:
      return { path, message: `${where} ${error.message ?? 'is not as it must be'}` };
  }
}

const TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
  object: 'a map',
  string: 'a text',
};

const wantedType = (type: string): string => TYPES[type] ?? type;

const typeName = (value: unknown): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'a list'
      : typeof value === 'object'
        ? 'a map'
        : JSON.stringify(value);
