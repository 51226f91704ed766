import {
  NONE,
  isUnspecified,
  NetError,
  PlaceList,
  withOne,
  withoutOne,
  type BindOptions,
  type Connection,
  type ConnectOptions,
  type Datagram,
  type DatagramSocket,
  type FewOrMany,
  type Listener,
  type ListenOptions,
  type NetworkNamespace,
  type OpenPort,
  type SandboxOwner,
  type SocketAddress,
  type TraceSink,
} from '@kubarium/shared';
import type { ConnectionKeeper, PodConnection } from './connection.ts';
import type { UdpFlow } from './flow-table.ts';
import type { BoundSocket, ListeningSocket, Namespace } from './namespace.ts';

/** The most that one UDP datagram carries over IPv4. */
const MAX_DATAGRAM = 65_507;

/** Something under way that fails when its sandbox is unplugged. */
export interface Pending {
  place: number;
  fail(error: Error): void;
}

/** What carries the traffic of an attached namespace. */
export interface Fabric {
  connect(from: AttachedNamespace, options: ConnectOptions): Promise<Connection>;
  send(from: AttachedNamespace, socket: UdpSocket, data: Uint8Array, to: SocketAddress, trace?: TraceSink): void;
  closed(socket: UdpSocket): void;
}

/**
 * A namespace as one sandbox uses it. It remembers what was opened through it, so that unplugging the sandbox closes that and
 * nothing else: on a node's host network other sandboxes live on.
 */
export class AttachedNamespace implements NetworkNamespace, ConnectionKeeper {
  readonly namespace: Namespace;
  readonly owner: SandboxOwner;
  readonly #fabric: Fabric;
  #listeners: FewOrMany<TcpListener> = NONE;
  /** Only once there is one. */
  #sockets: Set<UdpSocket> | undefined;
  /** Connections that were opened and accepted here, until they close; only once there is one. */
  #outgoing: PlaceList<'namespacePlace', PodConnection> | undefined;
  #accepted: PlaceList<'namespacePlace', PodConnection> | undefined;
  /** Connects that wait for an answer; told when the sandbox is unplugged. */
  #connecting: PlaceList<'place', Pending> | undefined;
  #unplugged = false;

  constructor(namespace: Namespace, owner: SandboxOwner, fabric: Fabric) {
    this.namespace = namespace;
    this.owner = owner;
    this.#fabric = fabric;
  }

  get addresses(): readonly string[] {
    return this.namespace.addresses;
  }

  get unplugged(): boolean {
    return this.#unplugged;
  }

  get connecting(): PlaceList<'place', Pending> {
    return (this.#connecting ??= new PlaceList('place'));
  }

  listen(options: ListenOptions, onConnection: (connection: Connection) => void): Listener {
    const address = options.address === undefined || isUnspecified(options.address) ? '0.0.0.0' : options.address;
    this.#check(address, 'listen', options.port);
    const listener = new TcpListener(this, address, options.port, onConnection);
    this.#listeners = withOne(this.#listeners, listener);
    return listener;
  }

  connect(options: ConnectOptions): Promise<Connection> {
    return this.#fabric.connect(this, options);
  }

  bind(options: BindOptions): DatagramSocket {
    const address = options.address === undefined || isUnspecified(options.address) ? '0.0.0.0' : options.address;
    this.#check(address, 'bind', options.port);
    const socket = new UdpSocket(this, address, options, this.#fabric);
    this.#sockets ??= new Set();
    this.#sockets.add(socket);
    return socket;
  }

  /** What was opened here has been closed. */
  forget(socket: TcpListener | UdpSocket): void {
    if (socket instanceof UdpSocket) this.#sockets?.delete(socket);
    else this.#listeners = withoutOne(this.#listeners, socket);
  }

  openPorts(): readonly OpenPort[] {
    return this.namespace.openPorts();
  }

  /** Keeps a connection that was opened here, to be reset when the sandbox is unplugged. */
  opened(connection: PodConnection): void {
    this.#outgoing ??= new PlaceList('namespacePlace');
    this.#outgoing.add(connection);
    connection.keeper = this;
  }

  /** Keeps a connection that was accepted here in the same way. */
  accepted(connection: PodConnection): void {
    this.#accepted ??= new PlaceList('namespacePlace');
    this.#accepted.add(connection);
    connection.keeper = this;
  }

  closed(connection: PodConnection): void {
    if (this.#outgoing?.delete(connection)) this.namespace.tcp.releaseOutgoing(connection.localPort);
    else this.#accepted?.delete(connection);
  }

  /** Closes what was opened here: sockets quietly, connections with a reset. */
  unplug(): void {
    this.#unplugged = true;
    for (const connect of this.#connecting?.all() ?? NONE) connect.fail(new NetError('ENETUNREACH', 'connect'));
    for (const listener of this.#listeners) listener[Symbol.dispose]();
    for (const socket of this.#sockets ?? NONE) socket[Symbol.dispose]();
    for (const connection of this.#outgoing?.all() ?? NONE) connection.reset();
    for (const connection of this.#accepted?.all() ?? NONE) connection.reset();
  }

  #check(address: string, syscall: string, port: number): void {
    if (this.#unplugged) throw new NetError('EADDRNOTAVAIL', syscall, address, port);
    this.namespace.check(address, syscall, port);
  }
}

/** A listening TCP socket of the simulated network. */
class TcpListener implements Listener, ListeningSocket {
  readonly address: string;
  readonly port: number;
  readonly #at: AttachedNamespace;
  readonly #onConnection: (connection: Connection) => void;

  constructor(at: AttachedNamespace, address: string, port: number, onConnection: (connection: Connection) => void) {
    this.#at = at;
    this.#onConnection = onConnection;
    this.address = address;
    this.port = at.namespace.tcp.bind(address, port, this);
  }

  accept(connection: PodConnection): void {
    this.#at.accepted(connection);
    this.#onConnection(connection);
  }

  [Symbol.dispose](): void {
    this.#at.namespace.tcp.unbind(this.port, this);
    this.#at.forget(this);
  }
}

/** A bound UDP socket of the simulated network. */
export class UdpSocket implements DatagramSocket, BoundSocket {
  readonly address: string;
  readonly port: number;
  readonly #from: AttachedNamespace;
  readonly #fabric: Fabric;
  readonly #options: BindOptions;
  /** The flows that connection tracking holds for this socket. */
  readonly flows = new Set<UdpFlow>();
  #closed = false;

  constructor(from: AttachedNamespace, address: string, options: BindOptions, fabric: Fabric) {
    this.address = address;
    this.port = from.namespace.udp.bind(address, options.port, this);
    this.#from = from;
    this.#options = options;
    this.#fabric = fabric;
  }

  send(data: Uint8Array, to: SocketAddress, trace?: TraceSink): void {
    if (data.length > MAX_DATAGRAM) throw new NetError('EMSGSIZE', 'send', to.address, to.port);
    if (this.#closed) return;
    this.#fabric.send(this.#from, this, data, to, trace);
  }

  receive(datagram: Datagram): void {
    if (!this.#closed) this.#options.onDatagram(datagram);
  }

  fail(error: Error): void {
    if (!this.#closed) this.#options.onError?.(error);
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#from.namespace.udp.unbind(this.port, this);
    this.#fabric.closed(this);
    this.#from.forget(this);
  }
}
