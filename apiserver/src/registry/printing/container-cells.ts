import type { PodTemplateSpec } from '@kubarium/shared';

/** The wide columns CONTAINERS and IMAGES of a workload. */
export function containerCells(template: PodTemplateSpec | undefined): [names: string, images: string] {
  const containers = template?.spec?.containers ?? [];
  return [containers.map(({ name }) => name).join(','), containers.map(({ image }) => image ?? '').join(',')];
}
