import type { Http2Server, ServerHttp2Stream } from 'node:http2';
import { buffer } from 'node:stream/consumers';
import { serveHttp } from '../../container/http-server.ts';
import type { SubCommand } from './agnhost.ts';
import { untilEnded } from './until-ended.ts';

const SERVING = 1;
const NOT_SERVING = 2;
const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;
const FRAME_HEAD_BYTES = 5;

/**
 * `grpc-health-checking [--port 5000] [--service NAME] [--delay-unhealthy-sec N] [--http-port 8080]`: the gRPC health checking protocol
 * for one service; /make-serving and /make-not-serving over HTTP change what it says. Simplified: no TLS.
 */
export const grpcHealthChecking: SubCommand = (process, flags) => {
  // Loaded by those who need it, and at once: the server listens before anything else happens.
  const { createServer } = globalThis.process.getBuiltinModule('node:http2');
  const service = flags.text('service') ?? '';
  const unhealthyAfterS = flags.number('delay-unhealthy-sec', -1);
  const startedMs = process.runtime.clock.now();
  let forced: number | undefined;

  const servingStatus = (): number => {
    if (forced !== undefined) return forced;
    const elapsedMs = process.runtime.clock.now() - startedMs;
    return unhealthyAfterS >= 0 && elapsedMs >= unhealthyAfterS * 1000 ? NOT_SERVING : SERVING;
  };

  serveHttp(process, { port: flags.number('http-port', 8080) }, (request, response) => {
    request.resume();
    if (request.url === '/make-serving') forced = SERVING;
    else if (request.url === '/make-not-serving') forced = NOT_SERVING;
    else response.statusCode = 404;
    response.end(`${(process.runtime.clock.now() - startedMs) / 1000}s`);
  });

  let server: Http2Server | undefined;
  process.network.listen({ port: flags.number('port', 5000) }, (connection) => {
    if (server === undefined) {
      server = createServer();
      server.on('sessionError', () => {});
      server.on('stream', (stream, headers) => {
        stream.on('error', () => {});
        void buffer(stream).then(
          (frame) => {
            if (headers[':path'] !== '/grpc.health.v1.Health/Check') refuse(stream, UNIMPLEMENTED, 'unimplemented');
            else if (serviceOf(frame) !== service) refuse(stream, NOT_FOUND, 'unknown service');
            else answer(stream, servingStatus());
          },
          () => stream.destroy(),
        );
      });
    }
    server.emit('connection', connection);
  });
  return untilEnded(process);
};

const HEADERS = { ':status': 200, 'content-type': 'application/grpc' };

/** HealthCheckResponse { ServingStatus status = 1 } in a gRPC frame, and the trailers of a call that went well. */
function answer(stream: ServerHttp2Stream, status: number): void {
  stream.respond(HEADERS, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(Buffer.from([0, 0, 0, 0, 2, 0x08, status]));
}

const refuse = (stream: ServerHttp2Stream, code: number, message: string): void =>
  stream.respond({ ...HEADERS, 'grpc-status': String(code), 'grpc-message': message }, { endStream: true });

/** HealthCheckRequest { string service = 1 } out of a gRPC frame. */
function serviceOf(frame: Buffer): string {
  if (frame[FRAME_HEAD_BYTES] !== 0x0a) return '';
  // Its length comes before it, in bytes of which all but the last have the highest bit. Nothing comes after it.
  const lengthEnd = frame.findIndex((byte, index) => index > FRAME_HEAD_BYTES && byte < 0x80);
  return frame.subarray(lengthEnd + 1).toString();
}
