import { connect } from 'node:net';
import { PassThrough, Readable, type Duplex } from 'node:stream';
import {
  badRequest,
  NetError,
  serviceUnavailable,
  StatusError,
  type ExecSession,
  type KubeletApi,
  type NodeConnector,
} from '@kubarium/shared';

/**
 * A node `n1` whose containers run three commands: `cat` (to the end of its input), `exit N`, `bytes N` (that many on stdout), of
 * which one is `gone`, and whose pods' ports are those of this machine.
 */
export class FakeKubelet implements KubeletApi {
  readonly sizes: [number, number][] = [];
  closed = 0;
  readonly logs: PassThrough[] = [];

  async containerLogs(): Promise<Readable> {
    const log = new PassThrough();
    this.logs.push(log);
    return log;
  }

  async exec(_pod: unknown, options: Parameters<KubeletApi['exec']>[1]): Promise<ExecSession> {
    const [program, argument = ''] = options.command;
    const { promise, resolve } = Promise.withResolvers<number>();
    const stdin = options.stdin ? new PassThrough() : undefined;
    const stdout = new PassThrough();
    const stderr = options.stderr ? new PassThrough() : undefined;
    const end = (code: number): void => {
      stdout.end();
      stderr?.end();
      resolve(code);
    };
    switch (program) {
      case 'cat':
        stdin?.on('data', (chunk: Buffer) => stdout.write(chunk));
        stdin?.once('end', () => end(0));
        if (stdin === undefined) end(0);
        break;
      case 'exit':
        stderr?.write('bye\n');
        end(Number(argument));
        break;
      case 'bytes':
        Readable.from(chunks(Number(argument))).pipe(stdout);
        stdout.once('end', () => end(0));
        break;
      case 'hang':
        break;
      case 'gone':
        throw new StatusError({ code: 404, reason: 'NotFound', message: 'container not found ("c")' });
      default:
        throw badRequest(`no program ${program}`);
    }
    return {
      stdin,
      stdout,
      stderr,
      exit: promise,
      resize: (columns, rows) => void this.sizes.push([columns, rows]),
      close: () => {
        this.closed++;
        end(137);
      },
    };
  }

  attach(pod: unknown, options: Parameters<KubeletApi['attach']>[1]): Promise<ExecSession> {
    return this.exec(pod, { ...options, command: ['cat'] });
  }

  portForward(_pod: unknown, port: number): Promise<Duplex> {
    return connectTo('127.0.0.1', port);
  }

  /** Nodes and network with this kubelet alone. */
  connector(): NodeConnector {
    return {
      kubelet: (name) => {
        if (name !== 'n1') throw serviceUnavailable(`no node ${name}`);
        return this;
      },
      dial: connectTo,
    };
  }
}

function connectTo(host: string, port: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, allowHalfOpen: true }, () => resolve(socket));
    socket.once('error', () => reject(new NetError('ECONNREFUSED', 'connect', host, port)));
  });
}

function* chunks(length: number): Generator<Buffer> {
  const size = 64 * 1024;
  for (let left = length; left > 0; left -= size) yield Buffer.alloc(Math.min(left, size), 'x');
}
