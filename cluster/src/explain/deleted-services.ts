import type { Clock, Informer, Service } from '@kubarium/shared';
import type { DeletedService } from './facts.ts';

const KEPT_MAX = 256;

/** The Services that were deleted last: clients still ask for their names and addresses. */
export class DeletedServices {
  readonly #byKey = new Map<string, DeletedService>();

  constructor(services: Informer<Service>, clock: Clock) {
    services.onChange({
      deleted: ({ metadata, spec }) => {
        const key = `${metadata.namespace}/${metadata.name}`;
        this.#byKey.delete(key);
        this.#byKey.set(key, {
          namespace: metadata.namespace!,
          name: metadata.name,
          address: spec.clusterIP === 'None' ? undefined : spec.clusterIP,
          deletedMs: clock.now(),
        });
        if (this.#byKey.size > KEPT_MAX) this.#byKey.delete(this.#byKey.keys().next().value!);
      },
    });
  }

  named(namespace: string, name: string): DeletedService | undefined {
    return this.#byKey.get(`${namespace}/${name}`);
  }

  /** The last one that had a cluster IP. */
  at(address: string): DeletedService | undefined {
    return [...this.#byKey.values()].findLast((service) => service.address === address);
  }
}
