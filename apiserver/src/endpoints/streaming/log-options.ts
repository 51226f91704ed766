import { badRequest, invalid, type LogOptions, type StatusCause } from '@kubarium/shared';
import { parseInteger } from '../query-options.ts';
import { truth } from '../request-info.ts';

/** Reads and checks the parameters of `pods/log` (PodLogOptions); 400 for what cannot be read, 422 for what makes no sense. */
export function logOptions(query: URLSearchParams, podName: string): Omit<LogOptions, 'container'> {
  const integer = (name: string): number | undefined => {
    const value = query.get(name);
    return value === null || value === '' ? undefined : parseInteger(value);
  };
  const flag = (name: string): boolean => truth(query.get(name));
  const options = {
    follow: flag('follow'),
    previous: flag('previous'),
    timestamps: flag('timestamps'),
    tailLines: integer('tailLines'),
    limitBytes: integer('limitBytes'),
    sinceSeconds: integer('sinceSeconds'),
    sinceTime: time(query.get('sinceTime')),
  };
  const causes: StatusCause[] = [];
  const tooSmall = (field: string, value: number, least: string): void => {
    causes.push({
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${value}: must be greater than ${least}`,
      field,
    });
  };
  if ((options.tailLines ?? 0) < 0) tooSmall('tailLines', options.tailLines!, 'or equal to 0');
  if ((options.limitBytes ?? 1) < 1) tooSmall('limitBytes', options.limitBytes!, '0');
  if (options.sinceSeconds !== undefined && options.sinceTime !== undefined) {
    causes.push({
      reason: 'FieldValueForbidden',
      message: 'Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified',
      field: '[]',
    });
  } else if ((options.sinceSeconds ?? 1) < 1) {
    tooSmall('sinceSeconds', options.sinceSeconds!, '0');
  }
  if (query.has('stream')) {
    causes.push({ reason: 'FieldValueForbidden', message: 'Forbidden: may not be specified', field: 'stream' });
  }
  if (causes.length > 0) throw invalid({ group: '', kind: 'PodLogOptions' }, podName, causes);
  return options;
}

function time(value: string | null): string | undefined {
  if (value === null || value === '') return undefined;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value)) {
    throw badRequest(
      `parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(value)} as "2006"`,
    );
  }
  return value;
}
