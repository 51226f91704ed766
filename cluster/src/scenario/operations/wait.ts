import type { ApiObject } from '@kubarium/shared';
import { fillIn } from '../expression.ts';
import { formatDuration } from '../format-duration.ts';
import type { WaitOperation } from '../scenario.ts';
import { chosenObjects } from './chosen-objects.ts';
import { jsonPathValues } from './json-path.ts';
import { describeObject, OperationFailure, type RunOperation } from './operation-context.ts';

/** Lets time pass until all objects meant have a condition, a value, or are gone, as `kubectl wait` does. */
export const waitOperation: RunOperation<WaitOperation> = async (unfilled, context) => {
  const body = fillIn(unfilled, context.bindings) as WaitOperation;
  const { meant, find } = await chosenObjects(body, context);
  const { wanted, isMet, actual } = condition(body.for);
  let objects: readonly ApiObject[] = [];
  const timeoutMs = context.timeoutMs('assert', body.timeout);
  const met = await context.target.until(async () => {
    objects = await find();
    return body.for.deletion !== undefined ? objects.length === 0 : objects.length > 0 && objects.every(isMet);
  }, timeoutMs);
  if (met) return { says: `${describeObject(meant)} ${wanted}` };
  const missing = objects.filter((object) => !isMet(object));
  throw new OperationFailure(
    objects.length === 0
      ? `there is no ${describeObject(meant)} after ${formatDuration(timeoutMs)}`
      : `${describeObject(meant)} not ${wanted} after ${formatDuration(timeoutMs)}`,
    missing.flatMap((object) => [object.metadata.name, `  expected ${wanted}`, `  actual   ${actual(object)}`]),
  );
};

interface WaitCondition {
  /** In words, after the object's name. */
  readonly wanted: string;
  readonly isMet: (object: ApiObject) => boolean;
  readonly actual: (object: ApiObject) => string;
}

interface Conditioned {
  readonly status?: {
    readonly conditions?: readonly { type: string; status: string; reason?: string; message?: string }[];
  };
}

function condition({ condition: named, jsonPath }: WaitOperation['for']): WaitCondition {
  if (named !== undefined) {
    const { name, value = 'True' } = named;
    const found = (object: ApiObject) =>
      (object as Conditioned).status?.conditions?.find(({ type }) => type.toLowerCase() === name.toLowerCase());
    return {
      wanted: `${name}=${value}`,
      isMet: (object) => found(object)?.status.toLowerCase() === value.toLowerCase(),
      actual(object) {
        const is = found(object);
        if (is === undefined) return `no condition ${name}`;
        return [`${name}=${is.status}`, is.reason, is.message]
          .filter((part) => part !== undefined && part !== '')
          .join(' ');
      },
    };
  }
  if (jsonPath !== undefined) {
    const { path, value } = jsonPath;
    const values = (object: ApiObject): readonly unknown[] => jsonPathValues(path, object);
    return {
      wanted: value === undefined ? path : `${path}=${value}`,
      isMet: (object) =>
        value === undefined ? values(object).length > 0 : values(object).some((one) => textOf(one) === value),
      actual: (object) => values(object).map(textOf).join(', ') || 'nothing',
    };
  }
  return { wanted: 'gone', isMet: () => false, actual: () => 'still there' };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
