/** The shapes of a scenario file, as scenario.schema.json allows them. Durations are texts such as `1m30s`. */
export interface ScenarioFile {
  readonly apiVersion: string;
  readonly kind: 'Scenario' | 'Test';
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: ScenarioSpec;
}

export interface ScenarioSpec {
  readonly description?: string;
  readonly cluster?: { readonly nodes?: number; readonly seed?: number };
  readonly namespace?: string;
  readonly timeouts?: Timeouts;
  readonly bindings?: readonly Binding[];
  readonly skipDelete?: boolean;
  readonly skip?: boolean;
  readonly snapshot?: boolean;
  readonly catch?: readonly Operation[];
  readonly steps: readonly Step[];
}

export interface Step {
  readonly name?: string;
  readonly description?: string;
  readonly timeouts?: Timeouts;
  readonly bindings?: readonly Binding[];
  readonly skipDelete?: boolean;
  readonly try: readonly Operation[];
  readonly catch?: readonly Operation[];
  readonly finally?: readonly Operation[];
  readonly cleanup?: readonly Operation[];
}

export type Timeouts = { readonly [Key in 'apply' | 'assert' | 'cleanup' | 'delete' | 'error' | 'exec']?: string };

export interface Binding {
  readonly name: string;
  readonly value: unknown;
}

export interface Output extends Binding {
  readonly match?: unknown;
}

/** One operation: exactly one of the names of `Operations`, with what may stand beside it. */
export type Operation = {
  readonly [Name in OperationName]?: Operations[Name];
} & { readonly description?: string; readonly continueOnError?: boolean };

export type OperationName = keyof Operations;

export interface Operations {
  readonly apply: WriteOperation;
  readonly create: WriteOperation;
  readonly update: WriteOperation;
  readonly patch: WriteOperation;
  readonly delete: DeleteOperation;
  readonly assert: AssertOperation;
  readonly error: AssertOperation;
  readonly wait: WaitOperation;
  readonly script: ScriptOperation;
  readonly sleep: { readonly duration: string };
  readonly settle: Readonly<Record<string, never>>;
  readonly advance: { readonly duration: string };
  readonly exec: ExecOperation;
  readonly curl: CurlOperation;
  readonly stop: StopOperation;
  readonly dig: DigOperation;
  readonly trace: TraceOperation;
  readonly crash: DisturbOperation;
  readonly restart: DisturbOperation;
}

interface Common {
  readonly timeout?: string;
  readonly bindings?: readonly Binding[];
  readonly outputs?: readonly Output[];
}

/** An object as it stands in a scenario: it may be partial, and hold expressions. */
export interface ResourceTree {
  readonly apiVersion?: string | undefined;
  readonly kind?: string | undefined;
  readonly metadata?: {
    readonly name?: string | undefined;
    readonly namespace?: string | undefined;
    readonly labels?: Readonly<Record<string, string>> | undefined;
  };
}

export interface Expectation {
  readonly match?: unknown;
  readonly check: unknown;
}

export interface WriteOperation extends Common {
  readonly resource?: ResourceTree;
  readonly file?: string;
  readonly template?: boolean;
  readonly dryRun?: boolean;
  readonly expect?: readonly Expectation[];
}

export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface DeleteOperation extends Common {
  readonly ref?: ObjectReference;
  readonly file?: string;
  readonly template?: boolean;
  readonly deletionPropagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  readonly expect?: readonly Expectation[];
}

export interface AssertOperation extends Common {
  readonly resource?: ResourceTree;
  readonly file?: string;
  readonly template?: boolean;
}

export interface WaitOperation {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly selector?: string;
  readonly timeout?: string;
  readonly for: {
    readonly condition?: { readonly name: string; readonly value?: string };
    readonly deletion?: object;
    readonly jsonPath?: { readonly path: string; readonly value?: string };
  };
}

/** Where a command runs. */
export interface PodPlace {
  readonly pod: string;
  readonly namespace?: string | undefined;
  readonly container?: string | undefined;
}

export interface ScriptOperation extends Common, Omit<PodPlace, 'pod'> {
  readonly pod?: string;
  readonly content: string;
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly check?: unknown;
}

export type TextExpectation =
  | string
  | { readonly equals?: string; readonly contains?: string; readonly matches?: string; readonly lacks?: string };

export type CountExpectation = number | { readonly atLeast?: number; readonly atMost?: number };

export interface ExecOperation extends Common, PodPlace {
  readonly command: readonly string[];
  readonly check?: unknown;
  readonly expect?: {
    readonly exitCode?: number;
    readonly stdout?: TextExpectation;
    readonly stderr?: TextExpectation;
  };
}

/** What is expected of the answers to one or more requests. */
export interface AnswersExpectation {
  /** Of each answer. */
  readonly status?: number;
  readonly body?: TextExpectation;
  /** Of each request's failure, in curl's words; without it no request may fail (or `failed` says how many). */
  readonly error?: TextExpectation;
  /** The name of the pod behind each answer. */
  readonly pod?: TextExpectation;
  /** How many different pods answered. */
  readonly pods?: CountExpectation;
  /** How many requests each of those pods answered. */
  readonly each?: CountExpectation;
  readonly requests?: CountExpectation;
  readonly failed?: CountExpectation;
}

export interface CurlOperation extends Common, PodPlace {
  readonly url: string;
  readonly args?: readonly string[];
  readonly requests?: number;
  readonly every?: string;
  readonly background?: string;
  readonly check?: unknown;
  readonly expect?: AnswersExpectation;
}

export interface StopOperation {
  readonly background: string;
  readonly timeout?: string;
  readonly expect?: AnswersExpectation;
}

export interface DigOperation extends Common, PodPlace {
  readonly name: string;
  readonly type?: string;
  readonly search?: boolean;
  readonly check?: unknown;
  readonly expect?: {
    readonly status?: string;
    readonly count?: CountExpectation;
    readonly answers?: readonly string[];
  };
}

export interface TraceOperation extends Common, PodPlace {
  readonly url: string;
  readonly check?: unknown;
}

export interface DisturbOperation extends Partial<PodPlace> {
  readonly node?: string;
  readonly kubarium?: true;
}
