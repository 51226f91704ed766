import type { Registry } from '../registry/registry.ts';
import type { RequestContext } from '../registry/strategy.ts';
import { invariant } from '@kubarium/shared';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';

/** Asks the plugins one after the other; the first that throws decides. */
export class AdmissionChain {
  readonly #plugins: readonly AdmissionPlugin[];
  readonly #registry: Registry;

  constructor(plugins: readonly AdmissionPlugin[], registry: Registry) {
    this.#plugins = plugins;
    this.#registry = registry;
  }

  async admitCreate(
    context: RequestContext,
    request: Omit<AdmissionRequest, 'registry' | 'operation' | 'old'>,
  ): Promise<void> {
    for (const plugin of this.#plugins) {
      await plugin.admit(context, { ...request, operation: 'create', old: undefined, registry: this.#registry });
    }
  }

  /** For a change of what is there, which is one atomic step: plugins cannot wait for anything then. */
  admitChange(context: RequestContext, request: Omit<AdmissionRequest, 'registry'>): void {
    for (const plugin of this.#plugins) {
      const answer = plugin.admit(context, { ...request, registry: this.#registry });
      invariant(answer === undefined, `admission plugin ${plugin.name} must be synchronous for ${request.operation}`);
    }
  }
}
