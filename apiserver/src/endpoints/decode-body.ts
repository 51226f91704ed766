import type { ApiObject } from '@kubarium/shared';
import type { StructPlan } from '../registry/schema/type-plan.ts';

/** A body whose kind can be read, or why not. One implementation for each content type. */
export type ReadBody =
  | { readonly error: string; readonly value?: undefined }
  | {
      readonly error?: undefined;
      /** The body as a JSON value: `kind` and `apiVersion` are texts where they are given. */
      readonly value: unknown;
      /** Brings the body into the shape of a type. `isLenient` asks for no strict flaws, which may then be missing. Called once. */
      decode(plan: StructPlan, isLenient: boolean): DecodedBody;
    };

export interface DecodedBody {
  /** Of no use where there is a misfit. */
  readonly object: ApiObject;
  readonly misfit: string | undefined;
  readonly strict: readonly string[];
}
