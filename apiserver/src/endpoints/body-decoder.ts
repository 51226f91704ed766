import type { ApiObject, DeleteOptions } from '@kubarium/shared';
import type { FieldValidation } from './query-options.ts';

/** What a body is expected to hold; a ResourceDefinition is one. */
export interface ExpectedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly schema: string;
}

export interface Decoded {
  readonly object: ApiObject;
  /** For `Warning:` headers: unknown and repeated fields. */
  readonly warnings: readonly string[];
}

/** Turns bodies into objects; throws the StatusError that the real server answers with. */
export interface BodyDecoder {
  object(
    expected: ExpectedKind,
    body: Buffer,
    contentType: string | undefined,
    options: { readonly fieldValidation: FieldValidation },
  ): Decoded;
  deleteOptions(body: Buffer, contentType: string | undefined): DeleteOptions;
  /** The expected kind of a subresource's body by its name alone. */
  target(group: string, version: string, kind: string): ExpectedKind | undefined;
}
