import { parseDuration } from '@kubarium/shared';
import { InvalidArgumentError, Option } from 'commander';

/** Every command that speaks to a cluster finds it by its state folder. */
export const dataDirOption = (): Option =>
  new Option('--data-dir <dir>', 'the folder with all of the cluster’s state').default('.kubarium');

/** A whole number in a range, or a usage error that names the range. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return value;
  };

/** A duration as Go writes it (`90s`, `1h30m`), in milliseconds, or a usage error. */
export function duration(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) throw new InvalidArgumentError('It must be a duration such as 90s, 5m or 1h30m.');
  return milliseconds;
}
