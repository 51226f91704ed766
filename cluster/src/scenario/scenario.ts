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

/** What a scenario or a step says for all its operations that do not say it themselves. */
export interface Defaults {
  readonly skipDelete?: boolean | undefined;
  readonly template?: boolean | undefined;
  readonly deletionPropagationPolicy?: DeletionPropagation | undefined;
}

export type DeletionPropagation = 'Orphan' | 'Background' | 'Foreground';

export interface ScenarioSpec extends Defaults {
  readonly description?: string;
  readonly cluster?: { readonly nodes?: number; readonly seed?: number };
  readonly namespace?: string;
  readonly timeouts?: Timeouts;
  readonly bindings?: readonly Binding[];
  readonly skip?: boolean;
  /** False: not while others run. */
  readonly concurrent?: boolean;
  readonly delayBeforeCleanup?: string;
  readonly snapshot?: boolean;
  readonly catch?: readonly Operation[];
  readonly steps: readonly Step[];
}

export interface Step extends Defaults {
  readonly name?: string;
  readonly description?: string;
  readonly timeouts?: Timeouts;
  readonly bindings?: readonly Binding[];
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
  readonly get: GetOperation;
  readonly describe: DescribeOperation;
  readonly events: EventsOperation;
  readonly podLogs: PodLogsOperation;
  readonly script: ScriptOperation;
  readonly command: CommandOperation;
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
  readonly deletionPropagationPolicy?: DeletionPropagation;
  readonly expect?: readonly Expectation[];
}

export interface AssertOperation extends Common {
  readonly resource?: ResourceTree;
  readonly file?: string;
  readonly template?: boolean;
}

export interface ObjectChoice {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly selector?: string;
}

export interface GetOperation extends ObjectChoice {
  readonly format?: 'yaml' | 'json';
}

export interface DescribeOperation extends ObjectChoice {
  readonly showEvents?: boolean;
}

export interface EventsOperation extends Omit<ObjectChoice, 'apiVersion' | 'kind'> {
  readonly format?: 'yaml' | 'json';
}

export interface PodLogsOperation extends Omit<ObjectChoice, 'apiVersion' | 'kind'> {
  readonly container?: string;
  readonly tail?: number;
}

export interface WaitOperation extends ObjectChoice {
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

interface MachineOperation extends Common, Omit<PodPlace, 'pod'> {
  readonly pod?: string;
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly skipLogOutput?: boolean;
  readonly check?: unknown;
}

export interface ScriptOperation extends MachineOperation {
  readonly content: string;
}

export interface CommandOperation extends MachineOperation {
  readonly entrypoint: string;
  readonly args?: readonly string[];
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
