import {
  PlaceList,
  type BindOptions,
  type Connection,
  type ConnectOptions,
  type DatagramSocket,
  type Listener,
  type ListenOptions,
  type NetworkNamespace,
  type OpenPort,
  type TraceSink,
} from '@kubarium/shared';

/** A process's way to the pod's network: it keeps count of the process's sockets and closes them when the process ends. */
export class ProcessNetwork implements NetworkNamespace {
  readonly #network: NetworkNamespace;
  readonly #trace: TraceSink | undefined;
  readonly #sockets = new Set<Disposable>();
  readonly #connections = new PlaceList<'place', Connection>('place');
  /** One for all connections: a listener of its own for each would cost more than the rest of this. */
  readonly #forget: (this: Connection) => void;
  #closed = false;

  constructor(network: NetworkNamespace, trace: TraceSink | undefined) {
    this.#network = network;
    this.#trace = trace;
    const connections = this.#connections;
    this.#forget = function () {
      connections.delete(this);
    };
  }

  get addresses(): readonly string[] {
    return this.#network.addresses;
  }

  listen(options: ListenOptions, onConnection: (connection: Connection) => void): Listener {
    const listener = this.#network.listen(options, (connection) => {
      this.#track(connection);
      onConnection(connection);
    });
    return this.#hold(listener, { address: listener.address, port: listener.port });
  }

  async connect(options: ConnectOptions): Promise<Connection> {
    const trace = options.trace ?? this.#trace;
    const connection = await this.#network.connect(trace === undefined ? options : { ...options, trace });
    this.#track(connection);
    return connection;
  }

  bind(options: BindOptions): DatagramSocket {
    const socket = this.#network.bind(options);
    return this.#hold(socket, {
      address: socket.address,
      port: socket.port,
      send: (data: Uint8Array, to: { address: string; port: number }, trace?: TraceSink) =>
        socket.send(data, to, trace ?? this.#trace),
    });
  }

  openPorts(): readonly OpenPort[] {
    return this.#network.openPorts();
  }

  /** What the kernel does at a process's end: sockets close, connections still deliver what was written. */
  close(): void {
    this.#closed = true;
    for (const socket of this.#sockets) socket[Symbol.dispose]();
    this.#sockets.clear();
    for (const connection of this.#connections.all()) closeConnection(connection);
  }

  #track(connection: Connection): void {
    if (this.#closed) return closeConnection(connection);
    this.#connections.add(connection);
    connection.on('close', this.#forget);
  }

  #hold<Socket extends object>(socket: Disposable, view: Socket): Socket & Disposable {
    this.#sockets.add(socket);
    return {
      ...view,
      [Symbol.dispose]: () => {
        this.#sockets.delete(socket);
        socket[Symbol.dispose]();
      },
    };
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
