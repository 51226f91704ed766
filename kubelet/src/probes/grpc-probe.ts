import type { GRPCAction } from '@kubarium/shared';
import { dialError } from './dial-error.ts';
import { type Attempt, type ProbeOutcome, type ProbeTarget, SUCCESS } from './probe-target.ts';

const STATUS_NAMES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];
const FRAME_HEAD = 5;

type Where = Pick<ProbeTarget, 'network' | 'clock' | 'podIP'>;

/** Asks a service of the gRPC health checking protocol (grpc.health.v1.Health/Check) whether it is SERVING. */
export function grpcProbe(action: GRPCAction, target: Where, timeoutMs: number): Attempt {
  return () => check(action, target, timeoutMs);
}

async function check(
  { port, service = '' }: GRPCAction,
  { network, clock, podIP }: Where,
  timeoutMs: number,
): Promise<ProbeOutcome> {
  const deadline = new AbortController();
  const timer = clock.setTimer(timeoutMs, () => deadline.abort());
  const late: ProbeOutcome = {
    result: 'failure',
    message: `timeout: failed to connect service "${podIP}:${port}" within ${timeoutMs / 1000}s: context deadline exceeded`,
  };
  try {
    const connection = await network.connect({ address: podIP, port, signal: deadline.signal });
    // Loaded when it is wanted, but at once: how many turns of the event loop an `import` takes, the machine decides.
    const http2 = globalThis.process.getBuiltinModule('node:http2');
    const session = http2.connect(`http://${podIP}:${port}`, { createConnection: () => connection });
    try {
      const answer = await new Promise<ProbeOutcome>((resolve) => {
        const fail = (message: string): void => resolve({ result: 'failure', message });
        deadline.signal.addEventListener('abort', () => resolve(late));
        session.on('error', (error) => fail(`error: health rpc failed: ${error.message}`));
        const stream = session.request({
          ':method': 'POST',
          ':path': '/grpc.health.v1.Health/Check',
          'content-type': 'application/grpc',
          'user-agent': 'kube-probe/1.35',
          te: 'trailers',
        });
        const chunks: Buffer[] = [];
        let status = '0';
        stream.on('response', (headers) => (status = String(headers['grpc-status'] ?? status)));
        stream.on('trailers', (headers) => (status = String(headers['grpc-status'] ?? status)));
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('error', (error) => fail(`error: health rpc failed: ${error.message}`));
        stream.on('end', () => resolve(judge(service, status, Buffer.concat(chunks))));
        stream.end(healthRequest(service));
      });
      return answer;
    } finally {
      session.destroy();
    }
  } catch (error) {
    return deadline.signal.aborted ? late : { result: 'failure', message: `error: ${dialError(error, podIP, port)}` };
  } finally {
    timer.cancel();
  }
}

/** A number as protobuf writes it: seven bits a byte, the last ones first. */
const varint = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)]);

/** HealthCheckRequest { string service = 1 } in a gRPC frame. */
function healthRequest(service: string): Buffer {
  const name = Buffer.from(service, 'utf8');
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, ...varint(name.length)]), name]);
  const head = Buffer.alloc(FRAME_HEAD);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

function judge(service: string, status: string, frame: Buffer): ProbeOutcome {
  if (status !== '0') return { result: 'failure', message: `error: health rpc failed: rpc error: code = ${status}` };
  // HealthCheckResponse { ServingStatus status = 1 }
  const serving = frame[FRAME_HEAD] === 0x08 ? frame[FRAME_HEAD + 1]! : 0;
  return serving === 1
    ? SUCCESS
    : {
        result: 'failure',
        message: `service unhealthy (responded with "${STATUS_NAMES[serving] ?? serving}")${service === '' ? '' : ` for "${service}"`}`,
      };
}
