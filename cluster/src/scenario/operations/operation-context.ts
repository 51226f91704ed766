import { nameKey, type ApiObject, type Resource } from '@kubarium/shared';
import type { Bindings } from '../expression.ts';
import type { Timeouts } from '../scenario.ts';
import type { ScenarioTarget, Simulator } from '../target.ts';
import type { BackgroundRequests } from './background-requests.ts';

/** An operation did not do what it should. `details` are lines with the difference. */
export class OperationFailure extends Error {
  override readonly name = 'OperationFailure';
  readonly details: readonly string[];

  constructor(message: string, details: readonly string[] = []) {
    super(message);
    this.details = details;
  }
}

/** Names an object of a cluster. */
export interface Named {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  /** Absent where all of a namespace are meant. */
  readonly name: string | undefined;
}

/** What an operation works with. */
export interface OperationContext {
  readonly target: ScenarioTarget;
  /** The folder of the scenario's file: other files are named from there. */
  readonly folder: string;
  /** Where objects go that name no namespace. */
  readonly namespace: string;
  readonly bindings: Bindings;
  /** When the scenario began, of the cluster's time. */
  readonly startMs: number;
  /** The time that a class of operations has, in milliseconds; `own` is what the operation itself says. */
  timeoutMs(kind: keyof Timeouts, own: string | undefined): number;
  /** Objects that the operation is about: a failure tells of their events and logs. */
  concerns(object: Named): void;
  /** An object that was not there before; it is deleted in the end. */
  created(resource: Resource, object: ApiObject): void;
  /** Requests that go on while other operations run, by name. */
  readonly background: Map<string, BackgroundRequests>;
}

/** What an operation has done. */
export interface Outcome {
  /** A line for the transcript; what differs from run to run on a real cluster only (times, addresses) may be in it. */
  readonly says: string;
  /** What it was asked to show, as lines. */
  readonly shows?: readonly string[] | undefined;
  /** Bindings for the operations after this one in the same step. */
  readonly outputs?: Bindings | undefined;
}

export type RunOperation<Body> = (body: Body, context: OperationContext) => Promise<Outcome>;

/** The simulator, or a failure: the runner skips simulator's operations on a real cluster. */
export function simulatorOf({ target }: OperationContext): Simulator {
  if (target.simulator === undefined) throw new OperationFailure('only a simulated cluster can do this');
  return target.simulator;
}

/** How people name an object: `deployment default/backend`. */
export const describeObject = ({ resource, namespace, name }: Named): string =>
  `${resource.kind.toLowerCase()} ${name === undefined ? `of ${namespace ?? 'the cluster'}` : nameKey({ namespace, name })}`;
