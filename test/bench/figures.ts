import { readFileSync } from 'node:fs';

interface Rate {
  readonly per_s: number;
  readonly server_cpu_us?: number;
  readonly errs?: number;
}

interface Listing {
  readonly mean_ms: number;
}

/** Prints what a run of the load program has measured, as one line. */
const [name, path] = process.argv.slice(2) as [string, string];
const figures = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Rate | Listing | number>;
const told = Object.entries(figures).map(([figure, value]) => {
  if (typeof value === 'number') return `${figure}=${value.toFixed(0)}`;
  if ('mean_ms' in value) return `${figure}=${value.mean_ms.toFixed(1)}ms`;
  const cpu = value.server_cpu_us === undefined ? '' : `(${value.server_cpu_us}us)`;
  const errors = (value.errs ?? 0) > 0 ? ` ERRORS=${value.errs}` : '';
  return `${figure}=${value.per_s.toFixed(0)}/s${cpu}${errors}`;
});
process.stdout.write(`${name} ${told.join(' ')}\n`);
