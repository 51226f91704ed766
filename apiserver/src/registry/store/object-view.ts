import type { ApiObject, Status } from '@kubarium/shared';
import { objectText } from '../../storage/object-codec.ts';
import type { Stored } from '../../storage/storage.ts';
import type { Rendered, Written } from '../registry.ts';
import type { ResourceDefinition } from '../resource-definition.ts';

/** An object with no stored text of its own. */
export const render = (value: ApiObject | Status): Rendered => ({
  value: value as ApiObject,
  text: JSON.stringify(value),
});

/** An object as it would look stored: the answer to a dry run. */
export const renderObject = (value: ApiObject): Rendered => ({
  value,
  text: objectText(value, value.metadata.resourceVersion),
});

/** Stored objects as one resource shows them: as they are, or converted (once each) for a second version of a stored one. */
export class ObjectView {
  readonly #conversion: ResourceDefinition['conversion'];
  readonly #converted = new WeakMap<Stored<ApiObject>, Rendered>();

  constructor({ conversion }: Pick<ResourceDefinition, 'conversion'>) {
    this.#conversion = conversion;
  }

  show(stored: Stored<ApiObject>): Rendered {
    if (this.#conversion === undefined) return stored;
    let rendered = this.#converted.get(stored);
    if (rendered === undefined) {
      rendered = render(this.#conversion.fromStored(stored.value));
      this.#converted.set(stored, rendered);
    }
    return rendered;
  }

  toStored(object: ApiObject): ApiObject {
    return this.#conversion === undefined ? object : this.#conversion.toStored(object);
  }
}

/** What a write answers. The value is decoded only where somebody looks. */
export class WrittenObject implements Written {
  readonly text: string;
  readonly created: boolean;
  readonly #rendered: Rendered;

  constructor(rendered: Rendered, created: boolean) {
    this.text = rendered.text;
    this.created = created;
    this.#rendered = rendered;
  }

  get value(): ApiObject {
    return this.#rendered.value;
  }
}
