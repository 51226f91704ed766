import { Counter, Gauge, Histogram, prometheusContentType, Registry } from '@prometheus-io/client';
import type { Clock } from '@kubarium/shared';
import type { FastifyInstance } from 'fastify';
import { sendText } from './object-response.ts';
import type { RequestInfo } from './request-info.ts';

/** Seconds; the real server's buckets. */
const DURATIONS = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

/** Counts requests and watches, under the real server's names. Each API server has a registry of its own. */
export class ApiMetrics {
  readonly #registry = new Registry();
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #requests = new Counter({
    name: 'apiserver_request_total',
    help: 'Requests answered, by verb, resource, subresource, scope and code.',
    labelNames: ['verb', 'group', 'version', 'resource', 'subresource', 'scope', 'code'],
    registers: [this.#registry],
  });
  readonly #durations = new Histogram({
    name: 'apiserver_request_duration_seconds',
    help: 'How long requests took to be answered, watches apart.',
    labelNames: ['verb', 'group', 'version', 'resource', 'subresource', 'scope'],
    buckets: DURATIONS,
    registers: [this.#registry],
  });
  readonly #watches = new Gauge({
    name: 'apiserver_longrunning_requests',
    help: 'Watches that are open.',
    labelNames: ['verb', 'group', 'version', 'resource'],
    registers: [this.#registry],
  });

  constructor(clock: Clock, storageRevision: (() => number) | undefined) {
    this.#clock = clock;
    this.#startMs = clock.now();
    const gauge = (name: string, help: string, read: () => number): void => {
      void new Gauge({
        name,
        help,
        registers: [this.#registry],
        collect() {
          this.set(read());
        },
      });
    };
    if (storageRevision !== undefined) {
      gauge('kubarium_storage_revision', 'The revision of the last write.', storageRevision);
    }
    gauge('process_resident_memory_bytes', 'Memory of the whole process.', () => process.memoryUsage.rss());
    gauge('process_cpu_seconds_total', 'Processor time of the whole process.', () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    });
    gauge('process_start_time_seconds', 'When the API server was made.', () => this.#startMs / 1000);
  }

  /** A request has been answered. */
  answered(info: RequestInfo, code: number, startedMs: number): void {
    const labels = labelsOf(info);
    this.#requests.inc({ ...labels, code: String(code) });
    if (labels.verb !== 'WATCH') this.#durations.observe(labels, (this.#clock.now() - startedMs) / 1000);
  }

  /** A watch was opened (1) or has ended (-1). */
  watch(info: RequestInfo, change: 1 | -1): void {
    const { verb, group, version, resource } = labelsOf(info);
    this.#watches.inc({ verb, group, version, resource }, change);
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

function labelsOf(
  info: RequestInfo,
): Record<'verb' | 'group' | 'version' | 'resource' | 'subresource' | 'scope', string> {
  if (!info.isResource) {
    return { verb: info.verb.toUpperCase(), group: '', version: '', resource: '', subresource: '', scope: '' };
  }
  const { verb, group, version, resource, subresource = '', name, namespace } = info;
  const scope = name !== undefined ? 'resource' : namespace !== undefined ? 'namespace' : 'cluster';
  return { verb: VERBS[verb] ?? verb.toUpperCase(), group, version, resource, subresource, scope };
}

/** Metrics name verbs after methods. */
const VERBS: Readonly<Record<string, string>> = { create: 'POST', update: 'PUT' };

export function metricsRoutes(app: FastifyInstance, metrics: ApiMetrics): void {
  app.get('/metrics', async (_request, reply) => sendText(reply, 200, await metrics.text(), prometheusContentType));
}
