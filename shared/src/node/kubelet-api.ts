import type { Duplex, Readable, Writable } from 'node:stream';
import type { Pod } from '../api/core-v1.ts';
import type { TraceSink } from '../net/trace.ts';

export interface LogOptions {
  readonly container: string;
  readonly follow?: boolean | undefined;
  readonly previous?: boolean | undefined;
  readonly timestamps?: boolean | undefined;
  readonly tailLines?: number | undefined;
  readonly limitBytes?: number | undefined;
  readonly sinceSeconds?: number | undefined;
  /** RFC 3339. */
  readonly sinceTime?: string | undefined;
  /** `Stdout`, `Stderr` or `All` (default). */
  readonly stream?: string | undefined;
}

export interface ExecOptions {
  readonly container: string;
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
  readonly trace?: TraceSink | undefined;
}

/** A command (or, attached, a container's first process) with its streams. */
export interface ExecSession {
  /** Absent where stdin was not asked for. Ending it is end-of-file for the process. */
  readonly stdin: Writable | undefined;
  readonly stdout: Readable | undefined;
  /** Absent with a terminal: all output is then on stdout. */
  readonly stderr: Readable | undefined;
  resize(columns: number, rows: number): void;
  /** Resolves with the exit code once the process ended and its output streams have been written out. */
  readonly exit: Promise<number>;
  /** The client went away. */
  close(): void;
}

/**
 * What a node's kubelet offers the API server (on port 10250 of a real one). Failures are StatusErrors with the real kubelet's
 * text, such as 400 `container "x" in pod "y" is waiting to start: ContainerCreating`.
 */
export interface KubeletApi {
  containerLogs(pod: Pod, options: LogOptions): Promise<Readable>;
  exec(pod: Pod, options: ExecOptions): Promise<ExecSession>;
  attach(pod: Pod, options: Omit<ExecOptions, 'command'>): Promise<ExecSession>;
  /** A connection to a port of the pod as from its own loopback. Rejects with a NetError. */
  portForward(pod: Pod, port: number): Promise<Duplex>;
}

/** How the API server reaches nodes and the pod network. */
export interface NodeConnector {
  /** The kubelet of a node; throws StatusError 503 where there is none. */
  kubelet(nodeName: string): KubeletApi;
  /** A byte stream to an address of the pod network, from the control plane's own place on it (pods/proxy, services/proxy). */
  dial(address: string, port: number): Promise<Duplex>;
}
