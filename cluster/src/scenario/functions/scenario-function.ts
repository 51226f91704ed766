import type { Random } from '@kubarium/shared';
import type { Question } from './cluster-functions.ts';

/** What functions ask of the cluster that a scenario runs on, so that the same seed gives the same values. */
export interface Surroundings {
  /** The cluster's time, in milliseconds since the Unix epoch. */
  now(): number;
  readonly random: Random;
  /** What the cluster answers; throws where it cannot be asked. An object that is not there is null. */
  readonly ask: (question: Question) => unknown;
}

/** What an argument may be; with `?` it may be left out. */
export type ArgumentType = keyof ArgumentTypes | `${keyof ArgumentTypes}?`;

interface ArgumentTypes {
  readonly string: string;
  readonly number: number;
  readonly array: readonly unknown[];
  readonly object: Readonly<Record<string, unknown>>;
  readonly any: unknown;
  readonly 'string|number': string | number;
  readonly 'object|array': Readonly<Record<string, unknown>> | readonly unknown[];
}

type Argument<Type> = Type extends keyof ArgumentTypes
  ? ArgumentTypes[Type]
  : Type extends `${infer Required extends keyof ArgumentTypes}?`
    ? ArgumentTypes[Required] | undefined
    : never;

type Arguments<Types extends readonly ArgumentType[]> = { [Index in keyof Types]: Argument<Types[Index]> };

/** A function of expressions. The caller has checked the arguments against `takes`; `call` throws an Error that says what else is wrong. */
export interface ScenarioFunction {
  readonly takes: readonly ArgumentType[];
  readonly call: (given: readonly unknown[], surroundings: Surroundings) => unknown;
}

export type FunctionTable = Readonly<Record<string, ScenarioFunction>>;

/** A function whose result its arguments decide. */
export const pure = <const Types extends readonly ArgumentType[]>(
  takes: Types,
  call: (...given: Arguments<Types>) => unknown,
): ScenarioFunction => ({ takes, call: (given) => call(...(given as Arguments<Types>)) });

/** A function that also asks the cluster for its time or chance. */
export const surrounded = <const Types extends readonly ArgumentType[]>(
  takes: Types,
  call: (surroundings: Surroundings, ...given: Arguments<Types>) => unknown,
): ScenarioFunction => ({
  takes,
  call: (given, surroundings) => call(surroundings, ...(given as Arguments<Types>)),
});
