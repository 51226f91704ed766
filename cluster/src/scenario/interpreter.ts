import {
  registerFunction,
  Scope,
  TreeInterpreter,
  TYPE_ANY,
  TYPE_ARRAY,
  TYPE_NUMBER,
  TYPE_OBJECT,
  TYPE_STRING,
  type compile,
  type JSONValue,
} from '@jmespath-community/jmespath';
import { FUNCTIONS, MISSING_FUNCTIONS } from './functions/function-table.ts';
import type { Question } from './functions/cluster-functions.ts';
import type { ArgumentType, Surroundings } from './functions/scenario-function.ts';

/** An expression asks the cluster what is not known yet; see ask-cluster.ts. */
export class UnansweredQuestion extends Error {
  override readonly name = 'UnansweredQuestion';
  readonly question: Question;

  constructor(question: Question) {
    super('the cluster has not been asked yet');
    this.question = question;
  }
}

export type Program = ReturnType<typeof compile>;

const NOWHERE: Surroundings = {
  now: () => {
    throw new Error('there is no cluster here whose time it could tell');
  },
  get random(): never {
    throw new Error('there is no cluster here whose chance it could draw from');
  },
  ask: () => {
    throw new Error('there is no cluster here that it could ask');
  },
};

/** Of the expression that is being interpreted: the library hands functions their arguments only, and all is synchronous. */
let surroundings = NOWHERE;

/** The value of a program over a value, with bindings; throws an Error that says why there is none. */
export function interpret(
  program: Program,
  value: unknown,
  bindings: Readonly<Record<string, unknown>>,
  within: Surroundings = NOWHERE,
): unknown {
  register();
  const interpreter = TreeInterpreter.withScope({});
  interpreter['_scope'] = flatScope(bindings as Record<string, JSONValue>);
  const before = surroundings;
  surroundings = within;
  try {
    // Not `search`: that begins with an empty scope.
    return interpreter.visit(program, (value ?? null) as JSONValue) ?? null;
  } finally {
    surroundings = before;
  }
}

/**
 * A scope that knows all names of those around it. The library's own takes an outer name for unbound where its value is null, 0, false or
 * empty.
 */
function flatScope(names: Record<string, JSONValue>): ReturnType<typeof Scope> {
  return Object.assign(Scope(), {
    data: names,
    withScope: (inner: Record<string, JSONValue>) => flatScope({ ...names, ...inner }),
  });
}

/** The first function that a program calls and nobody knows. */
export function unknownFunction(program: Program): string | undefined {
  register();
  return calledFunctions(program).find((name) => !Object.hasOwn(TreeInterpreter.runtime._functionTable, name));
}

/** The names of the functions in a part of a syntax tree. */
function calledFunctions(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { type, name } = node as { readonly type?: unknown; readonly name?: unknown };
  const inner = Object.values(node).flatMap(calledFunctions);
  return type === 'Function' ? [String(name), ...inner] : inner;
}

/** Functions that take an `&expression`. The library evaluates it in an empty scope; here it sees the bindings where it stands. */
const WITH_EXPRESSIONS = {
  group_by: 'functionGroupBy',
  map: 'functionMap',
  max_by: 'functionMaxBy',
  min_by: 'functionMinBy',
  sort_by: 'functionSortBy',
} as const;

let isRegistered = false;

function register(): void {
  if (isRegistered) return;
  isRegistered = true;
  for (const [name, { takes, call }] of Object.entries(FUNCTIONS)) {
    const signature = takes.map((type) => ({ types: typesOf(type), optional: type.endsWith('?') }));
    const named = (given: unknown[]): JSONValue => within(name, () => call(given, surroundings) as JSONValue);
    registerFunction(name, named, signature, { override: true });
  }
  for (const [name, why] of Object.entries(MISSING_FUNCTIONS)) {
    const refuse = (): never => within(name, () => throwError(why));
    registerFunction(name, refuse, [{ types: [TYPE_ANY], optional: true, variadic: true }]);
  }
  type Runtime = typeof TreeInterpreter.runtime;
  for (const [name, method] of Object.entries(WITH_EXPRESSIONS)) {
    const entry = TreeInterpreter.runtime._functionTable[name]!;
    // Each interpreter has a runtime of its own, whose methods evaluate in its scope.
    entry._func = function (this: Runtime, given: [never, never]): JSONValue {
      return this[method as 'functionMap'](given);
    };
  }
}

const TYPES = { any: TYPE_ANY, array: TYPE_ARRAY, number: TYPE_NUMBER, object: TYPE_OBJECT, string: TYPE_STRING };

const typesOf = (type: ArgumentType) =>
  type
    .replace('?', '')
    .split('|')
    .map((one) => TYPES[one as keyof typeof TYPES]);

/** What a function says of its arguments, with its name. */
function within<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof UnansweredQuestion) throw error;
    throw new Error(`${name}(): ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function throwError(why: string): never {
  throw new Error(why);
}
