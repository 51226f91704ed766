import type { Duplex } from 'node:stream';
import type { TraceSink } from './trace.ts';

export type Protocol = 'TCP' | 'UDP';

export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

/**
 * One end of a byte stream between two sockets of the pod network. Node's protocol code (http, tls, ws, net clients) runs
 * over it unchanged: it has the few `net.Socket` methods that such code calls. Half-open is allowed: whoever gets `end` still
 * has to end its own side. An `error` that nobody listens for is dropped. Buffers written are handed over, not copied.
 */
export interface Connection extends Duplex {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** For the program that holds it, to note where: the network does not look at it. */
  place: number;
  /** Breaks the connection: the other end sees ECONNRESET. */
  reset(): void;
  setTimeout(milliseconds: number, callback?: () => void): this;
  setNoDelay(on?: boolean): this;
  setKeepAlive(on?: boolean, delayMs?: number): this;
  ref(): this;
  unref(): this;
}

export interface Datagram {
  readonly data: Uint8Array;
  readonly from: SocketAddress;
}

export interface Listener extends Disposable {
  readonly address: string;
  readonly port: number;
}

export interface DatagramSocket extends Disposable {
  readonly address: string;
  readonly port: number;
  /**
   * Sends one datagram. Nothing tells whether it arrives; a closed port there is reported to `onError` as ECONNREFUSED. Throws
   * EMSGSIZE past 65,507 bytes.
   */
  send(data: Uint8Array, to: SocketAddress, trace?: TraceSink): void;
}

export interface ListenOptions {
  /** 0 takes a free port. */
  readonly port: number;
  /** `0.0.0.0` (any, the default), `127.0.0.1` or one of the namespace's addresses. */
  readonly address?: string | undefined;
}

export interface ConnectOptions extends SocketAddress {
  /** The source address; by default the namespace's first, or 127.0.0.1 for loopback. */
  readonly localAddress?: string | undefined;
  /** How long to wait for an answer; the system's default is 127 s. Then ETIMEDOUT. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Where each stage of the path reports what it decided and why. Absent: nothing is recorded, at no cost. */
  readonly trace?: TraceSink | undefined;
}

export interface BindOptions extends ListenOptions {
  readonly onDatagram: (datagram: Datagram) => void;
  readonly onError?: ((error: Error) => void) | undefined;
}

/** What a listening socket shows of itself, as `ss -l` does. */
export interface OpenPort {
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
}

/**
 * A pod's (or node's) own view of the network: its addresses, its sockets, and nothing of the host. Loopback (127.0.0.0/8)
 * is its own. All failures are NetErrors.
 */
export interface NetworkNamespace {
  /** The pod's addresses, its first one first; loopback is implied. */
  readonly addresses: readonly string[];
  /** Throws EADDRINUSE or EADDRNOTAVAIL. */
  listen(options: ListenOptions, onConnection: (connection: Connection) => void): Listener;
  /** Resolves with the open connection; rejects with ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH or the signal's reason. */
  connect(options: ConnectOptions): Promise<Connection>;
  /** A UDP socket. Throws EADDRINUSE or EADDRNOTAVAIL. */
  bind(options: BindOptions): DatagramSocket;
  openPorts(): readonly OpenPort[];
}

/** Who owns a network namespace: for routing, network policy and traces. */
export interface SandboxOwner {
  readonly node: string;
  /** Absent for a node's own (host) network. */
  readonly pod?: { readonly namespace: string; readonly name: string; readonly uid: string } | undefined;
}

/** A namespace while it is plugged into the pod network; disposing unplugs it: listeners close, connections reset. */
export interface Attachment extends Disposable {
  readonly network: NetworkNamespace;
}

/**
 * The joint between kubelet and pod network, as CNI is: plug a sandbox in, unplug it. Attaching an address twice throws.
 * `hostPorts` are those of the pod's containers (CNI portmap): the node's address answers there.
 */
export interface NetworkPlugin {
  attach(owner: SandboxOwner, addresses: readonly string[], hostPorts?: readonly HostPort[]): Attachment;
  /** The host network of a node, shared by all its hostNetwork pods and its kubelet. Made on first use. */
  host(node: string, addresses: readonly string[]): Attachment;
}

export interface HostPort {
  readonly protocol: Protocol;
  readonly hostIP?: string | undefined;
  readonly hostPort: number;
  readonly containerPort: number;
}
