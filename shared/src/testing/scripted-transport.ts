import type { ApiObject, WatchEvent } from '../api/object.ts';
import type { StatusError } from '../apimachinery/status-error.ts';
import type { ApiRequest, Transport, WatchRequest, WatchSink } from '../client/transport.ts';

/** A watch that a client opened, in the hands of a test. */
export interface OpenWatch extends WatchRequest {
  send(type: WatchEvent['type'], object: ApiObject): void;
  end(error?: StatusError): void;
  readonly isClosed: boolean;
}

/** A server played by the test: answers requests with a function, and lets the test send each watch event. */
export class ScriptedTransport implements Transport {
  readonly requests: ApiRequest[] = [];
  readonly watches: OpenWatch[] = [];
  answer: (request: ApiRequest) => ApiObject | Promise<ApiObject> = () => {
    throw new Error('no answer was scripted');
  };

  async request(request: ApiRequest): Promise<ApiObject> {
    this.requests.push(structuredClone(request));
    return await this.answer(request);
  }

  watch(request: WatchRequest, sink: WatchSink): () => void {
    let isClosed = false;
    this.watches.push({
      ...request,
      send: (type, object) => sink.event({ type, object }),
      end: (error) => sink.end(error),
      get isClosed() {
        return isClosed;
      },
    });
    return () => {
      isClosed = true;
    };
  }
}

/** What a watch tells after the last of what there was when it was opened. */
export const INITIAL_EVENTS_END = {
  metadata: { resourceVersion: '1', annotations: { 'k8s.io/initial-events-end': 'true' } },
} as unknown as ApiObject;

/** Lets everything that is only waiting for promises go on. */
export const turns = async (count = 20): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
};
