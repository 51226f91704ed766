import { isNotFound, type ApiObject } from '@kubarium/shared';
import type { ObjectChoice } from '../scenario.ts';
import { resourceOf } from './manifests.ts';
import type { Named, OperationContext } from './operation-context.ts';

export interface ChosenObjects {
  readonly meant: Named;
  /** Those that there are now. */
  readonly find: () => Promise<readonly ApiObject[]>;
}

/** The objects of a kind that an operation is about: one by its name, or all of a namespace (`*`: of all) with these labels. */
export async function chosenObjects(choice: ObjectChoice, context: OperationContext): Promise<ChosenObjects> {
  const { client } = context.target;
  const { name, selector: labelSelector } = choice;
  const resource = await resourceOf(choice.apiVersion, choice.kind, context);
  const scope = choice.namespace === '*' ? undefined : (choice.namespace ?? context.namespace);
  const namespace = resource.namespaced ? scope : undefined;
  const meant = { resource, namespace, name };
  context.concerns(meant);
  return {
    meant,
    find: async () => {
      if (name === undefined) return (await client.list(resource, { namespace, labelSelector })).items;
      try {
        return [await client.get(resource, { namespace, name })];
      } catch (error) {
        if (isNotFound(error)) return [];
        throw error;
      }
    },
  };
}
