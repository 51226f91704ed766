import type { Readable } from 'node:stream';
import { isNotFound, PODS, type KubeClient, type NodeConnector, type Pod } from '@kubarium/shared';
import { isReadyOrDone } from './readiness.ts';

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ExecCallOptions {
  /** By default the pod's first container. */
  readonly container?: string | undefined;
  /** What the command reads on its standard input. */
  readonly stdin?: string | undefined;
}

export interface CurlOptions {
  readonly container?: string | undefined;
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  /** Further arguments for curl, such as `-k` or `--max-time 2`. */
  readonly args?: readonly string[] | undefined;
}

export interface CurlResponse {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface LogsOptions {
  readonly container?: string | undefined;
  readonly previous?: boolean | undefined;
  readonly tailLines?: number | undefined;
}

/** `curl` got no answer; the message is curl's own. */
export class CurlError extends Error {
  override readonly name = 'CurlError';
  /** As curl's manual lists them: 6 no such name, 7 connection refused, 28 timed out. */
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What a pod needs of its cluster. */
export interface PodAccess {
  readonly client: KubeClient;
  readonly nodes: NodeConnector;
  /** Begins something once all is at rest, and lets time pass until it has ended. */
  letPass<T>(work: () => Promise<T>): Promise<T>;
  advanceUntil(condition: () => Promise<boolean>, limitMs: number): Promise<boolean>;
  /** Takes down what the caller is shown. */
  shown(...parts: readonly string[]): void;
}

/** A pod of an embedded cluster, by its name: it may not be there yet, or be replaced by another of the name. */
export class PodHandle {
  readonly namespace: string;
  readonly name: string;
  readonly #access: PodAccess;

  constructor(namespace: string, name: string, access: PodAccess) {
    this.namespace = namespace;
    this.name = name;
    this.#access = access;
  }

  /** The object as it is now; rejects with a StatusError where there is none. */
  get(): Promise<Pod> {
    return this.#access.letPass(() => this.#get());
  }

  /** Lets time pass until the pod is Ready; rejects where it is not within `limitMs` (five minutes by default). */
  async ready(limitMs: number = 300_000): Promise<Pod> {
    const becameReady = await this.#access.advanceUntil(async () => {
      const pod = await this.#find();
      return pod !== undefined && isReadyOrDone(pod);
    }, limitMs);
    if (becameReady) return this.get();
    const pod = await this.get();
    const { phase = 'Pending', conditions = [] } = pod.status;
    const reasons = conditions
      .filter(({ status }) => status !== 'True')
      .map(({ type, reason, message }) => `${type}: ${message ?? reason ?? 'False'}`);
    throw new Error(
      `pod ${this.namespace}/${this.name} is not ready after ${limitMs / 1000} s: ${[phase, ...reasons].join('; ')}`,
    );
  }

  /** Runs a command in a container, a text by its shell; lets time pass until it has ended. */
  exec(command: string | readonly string[], options: ExecCallOptions = {}): Promise<ExecResult> {
    const argv = typeof command === 'string' ? ['sh', '-c', command] : command;
    return this.#access.letPass(() => this.#exec(argv, options));
  }

  /** Makes an HTTP request from a container with its `curl`; rejects with a CurlError where no answer came. */
  async curl(url: string, options: CurlOptions = {}): Promise<CurlResponse> {
    const { container, method, headers = {}, body, args = [] } = options;
    const command = ['curl', '-sS', '-i', ...args];
    if (method !== undefined) command.push('-X', method);
    for (const [name, value] of Object.entries(headers)) command.push('-H', `${name}: ${value}`);
    if (body !== undefined) command.push('--data-raw', body);
    const { exitCode, stdout, stderr } = await this.exec([...command, url], { container });
    if (exitCode !== 0) throw new CurlError(stderr.trim(), exitCode);
    return parseResponse(stdout);
  }

  /** What a container has written so far. */
  logs(options: LogsOptions = {}): Promise<string> {
    return this.#access.letPass(() => this.#logs(options));
  }

  async #logs(options: LogsOptions): Promise<string> {
    const pod = await this.#get();
    const { container = pod.spec.containers[0]!.name, previous, tailLines } = options;
    const text = await textOf(await this.#kubelet(pod).containerLogs(pod, { container, previous, tailLines }));
    this.#access.shown('logs', this.namespace, this.name, text);
    return text;
  }

  async #exec(command: readonly string[], { container, stdin }: ExecCallOptions): Promise<ExecResult> {
    const pod = await this.#get();
    const session = await this.#kubelet(pod).exec(pod, {
      container: container ?? pod.spec.containers[0]!.name,
      command,
      stdin: stdin !== undefined,
      stdout: true,
      stderr: true,
      tty: false,
    });
    session.stdin?.end(stdin);
    const [stdout, stderr, exitCode] = await Promise.all([
      textOf(session.stdout),
      textOf(session.stderr),
      session.exit,
    ]);
    this.#access.shown('exec', this.namespace, this.name, ...command, String(exitCode), stdout, stderr);
    return { exitCode, stdout, stderr };
  }

  #kubelet(pod: Pod) {
    const { nodeName } = pod.spec;
    if (!nodeName) throw new Error(`pod ${this.namespace}/${this.name} runs on no node yet: await its ready() first`);
    return this.#access.nodes.kubelet(nodeName);
  }

  #get(): Promise<Pod> {
    return this.#access.client.get(PODS, { namespace: this.namespace, name: this.name });
  }

  async #find(): Promise<Pod | undefined> {
    try {
      return await this.#get();
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}

/** The last answer of what `curl -i` prints: those of redirects and `100 Continue` come before it. */
function parseResponse(output: string): CurlResponse {
  let rest = output;
  let head: string;
  do {
    const end = rest.indexOf('\r\n\r\n');
    head = rest.slice(0, end === -1 ? rest.length : end);
    rest = end === -1 ? '' : rest.slice(end + 4);
  } while (rest.startsWith('HTTP/1.'));
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { status: Number(statusLine.split(' ')[1]), headers: Object.fromEntries(headers), body: rest };
}

async function textOf(stream: Readable | undefined): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString();
}
