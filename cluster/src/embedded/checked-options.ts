import { inspect } from 'node:util';
import type { CreateClusterOptions } from '../create-cluster.ts';

type Check = (value: unknown) => string | undefined;

const wholeNumber =
  (least: number, most: number): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? undefined
      : `a whole number from ${least} to ${most}`;

const isMap = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
const isImage = (value: unknown): boolean => typeof value === 'function' || isMap(value);

const CHECKS: Readonly<Record<keyof CreateClusterOptions, Check>> = {
  nodes: wholeNumber(0, 5_000),
  zones: wholeNumber(0, 5_000),
  podsPerNode: wholeNumber(1, 10_000),
  seed: wholeNumber(0, 0xffff_ffff),
  clock: (value) => (value === 'virtual' || value === 'real' ? undefined : '"virtual" or "real"'),
  images: (value) =>
    isMap(value) && Object.values(value as object).every(isImage) ? undefined : 'images or programs by their names',
  controllers: (value) =>
    Array.isArray(value) && value.every((one) => typeof one === 'function') ? undefined : 'a list of functions',
  logger: (value) => (isMap(value) ? undefined : 'a logger'),
};

/** Throws a TypeError where an option is none, or has a value that no cluster can be made with: the compiler sees not all of them. */
export function checkOptions(options: CreateClusterOptions): void {
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(CHECKS, name) ? CHECKS[name as keyof CreateClusterOptions] : undefined;
    if (check === undefined)
      throw new TypeError(`createCluster has no option ${name}; known are ${Object.keys(CHECKS).join(', ')}`);
    const wanted = value === undefined ? undefined : check(value);
    if (wanted !== undefined) throw new TypeError(`createCluster: ${name} must be ${wanted}, not ${inspect(value)}`);
  }
}
