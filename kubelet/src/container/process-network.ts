import {
  NONE,
  PlaceList,
  withOne,
  withoutOne,
  type BindOptions,
  type Connection,
  type ConnectOptions,
  type DatagramSocket,
  type FewOrMany,
  type Listener,
  type ListenOptions,
  type NetworkNamespace,
  type OpenPort,
  type SocketAddress,
  type TraceSink,
} from '@kubarium/shared';

/** A process's way to the pod's network: it keeps count of the process's sockets and closes them when the process ends. */
export class ProcessNetwork implements NetworkNamespace {
  readonly #network: NetworkNamespace;
  readonly #trace: TraceSink | undefined;
  #listeners: FewOrMany<Disposable> = NONE;
  /** Only once there is one. */
  #sockets: Set<Disposable> | undefined;
  /** Only once there is one. */
  #connections: Connections | undefined;
  #closed = false;

  constructor(network: NetworkNamespace, trace: TraceSink | undefined) {
    this.#network = network;
    this.#trace = trace;
  }

  get addresses(): readonly string[] {
    return this.#network.addresses;
  }

  listen(options: ListenOptions, onConnection: (connection: Connection) => void): Listener {
    const listener = this.#network.listen(options, (connection) => {
      this.#track(connection);
      onConnection(connection);
    });
    const held = new ProcessSocket(this, listener);
    this.#listeners = withOne(this.#listeners, held);
    return held;
  }

  async connect(options: ConnectOptions): Promise<Connection> {
    const trace = options.trace ?? this.#trace;
    const connection = await this.#network.connect(trace === undefined ? options : { ...options, trace });
    this.#track(connection);
    return connection;
  }

  bind(options: BindOptions): DatagramSocket {
    const held = new ProcessDatagramSocket(this, this.#network.bind(options), this.#trace);
    this.#sockets ??= new Set();
    this.#sockets.add(held);
    return held;
  }

  /** What the process had opened has been closed. */
  forget(socket: Disposable): void {
    if (this.#sockets?.delete(socket) !== true) this.#listeners = withoutOne(this.#listeners, socket);
  }

  openPorts(): readonly OpenPort[] {
    return this.#network.openPorts();
  }

  /** What the kernel does at a process's end: sockets close, connections still deliver what was written. */
  close(): void {
    this.#closed = true;
    for (const listener of this.#listeners) listener[Symbol.dispose]();
    for (const socket of this.#sockets ?? NONE) socket[Symbol.dispose]();
    for (const connection of this.#connections?.list.all() ?? NONE) closeConnection(connection);
  }

  #track(connection: Connection): void {
    if (this.#closed) return closeConnection(connection);
    this.#connections ??= new Connections();
    this.#connections.list.add(connection);
    connection.on('close', this.#connections.forget);
  }
}

class Connections {
  readonly list = new PlaceList<'place', Connection>('place');
  /** One for all connections: a listener of its own for each would cost more than the rest of this. */
  readonly forget: (this: Connection) => void;

  constructor() {
    const { list } = this;
    this.forget = function () {
      list.delete(this);
    };
  }
}

/** A listener or a socket as its process has it. */
class ProcessSocket<Socket extends Listener> implements Listener {
  readonly socket: Socket;
  readonly #network: ProcessNetwork;

  constructor(network: ProcessNetwork, socket: Socket) {
    this.#network = network;
    this.socket = socket;
  }

  get address(): string {
    return this.socket.address;
  }

  get port(): number {
    return this.socket.port;
  }

  [Symbol.dispose](): void {
    this.#network.forget(this);
    this.socket[Symbol.dispose]();
  }
}

class ProcessDatagramSocket extends ProcessSocket<DatagramSocket> implements DatagramSocket {
  readonly #trace: TraceSink | undefined;

  constructor(network: ProcessNetwork, socket: DatagramSocket, trace: TraceSink | undefined) {
    super(network, socket);
    this.#trace = trace;
  }

  send(data: Uint8Array, to: SocketAddress, trace?: TraceSink): void {
    this.socket.send(data, to, trace ?? this.#trace);
  }
}

function closeConnection(connection: Connection): void {
  if (connection.destroyed) return;
  if (connection.writableFinished) connection.destroy();
  else {
    connection.once('finish', () => connection.destroy());
    connection.end();
  }
}
