import type { KubeClient, Pod, Resource } from '@kubarium/shared';
import type { TimedHop } from '../trace/trace-recorder.ts';
import type { TraceStatus } from '../trace/trace-resource.ts';

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What the request that the command made met on its way, where that can be known. */
  readonly hops?: readonly TimedHop[] | undefined;
}

/**
 * The cluster that a scenario runs on. Two implementations: a cluster of this process in virtual time, and any cluster of a kubeconfig,
 * which lacks what only a simulator can do.
 */
export interface ScenarioTarget extends AsyncDisposable {
  readonly client: KubeClient;
  /** Absent on a real cluster. */
  readonly simulator: Simulator | undefined;
  /** The cluster's time, in milliseconds since the Unix epoch. */
  now(): number;
  /** The resource of a kind; undefined where the cluster does not serve it. */
  resourceOf(apiVersion: string, kind: string): Promise<Resource | undefined>;
  /** What the server answers at `/version`. */
  serverVersion(): Promise<Readonly<Record<string, unknown>>>;
  /** The kinds that it serves; undefined where they are too many to ask for. */
  readonly resources: (() => readonly Resource[]) | undefined;
  /** Lets time pass until a condition holds, at most so many milliseconds; resolves with whether it does. */
  until(condition: () => boolean | Promise<boolean>, limitMs: number): Promise<boolean>;
  /** The last lines that a container has written (all, where no number is given); undefined where they cannot be had. */
  logs(pod: Pod, container: string, lines: number | undefined): Promise<string | undefined>;
}

/** What only a simulated cluster can do. */
export interface Simulator {
  settle(): Promise<void>;
  advance(milliseconds: number): Promise<void>;
  /** Calls back once so much time has passed. */
  setTimer(milliseconds: number, callback: () => void): void;
  /** Runs a command in a container. Does not let time pass: use `until`. */
  exec(pod: Pod, container: string, command: readonly string[]): Promise<CommandResult>;
  trace(pod: Pod, container: string, url: string): Promise<TraceStatus>;
  /** Whether a node's machine runs. */
  isOn(node: string): boolean;
  /** A power cut of a node: its kubelet and pods are gone without a word. */
  crashNode(name: string): Promise<void>;
  /** Starts a node again, one that runs after shutting it down. */
  restartNode(name: string): Promise<void>;
  /** Ends the whole cluster at once and starts it again on what its database holds. */
  crash(): Promise<void>;
  /** Ends the whole cluster in good order and starts it again. */
  restart(): Promise<void>;
  /** A digest of all that happened; the same for the same seed and scenario. */
  digest(): string;
}
