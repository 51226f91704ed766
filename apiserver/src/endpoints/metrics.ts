import type { Clock } from '@kubarium/shared';
import type { FastifyInstance } from 'fastify';
import { sendText } from './object-response.ts';
import type { RequestInfo } from './request-info.ts';

/** Seconds; the real server's buckets. */
const DURATIONS = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

/** How long the requests of one kind took. */
interface Durations {
  /** How many took at most as long as each of DURATIONS, and longer than the one before; the last are longer than all. */
  readonly counts: number[];
  sumSeconds: number;
}

/**
 * Counts requests and watches, under the real server's names. A series is known by its labels as the text format writes them
 * (prometheus.io, "Exposition formats"), so counting costs one look-up.
 */
export class ApiMetrics {
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #storageRevision: (() => number) | undefined;
  readonly #requests = new Map<string, number>();
  readonly #durations = new Map<string, Durations>();
  readonly #watches = new Map<string, number>();

  constructor(clock: Clock, storageRevision: (() => number) | undefined) {
    this.#clock = clock;
    this.#startMs = clock.now();
    this.#storageRevision = storageRevision;
  }

  /** A request has been answered. */
  answered(info: RequestInfo, code: number, startedMs: number): void {
    const { verb, resource, place } = labelsOf(info);
    const labels = `verb="${verb}",${resource},${place}`;
    add(this.#requests, `${labels},code="${code}"`, 1);
    if (verb !== 'WATCH') this.#observe(labels, (this.#clock.now() - startedMs) / 1000);
  }

  /** A watch was opened (1) or has ended (-1). */
  watch(info: RequestInfo, change: 1 | -1): void {
    const { verb, resource } = labelsOf(info);
    add(this.#watches, `verb="${verb}",${resource}`, change);
  }

  #observe(labels: string, seconds: number): void {
    let durations = this.#durations.get(labels);
    if (durations === undefined) {
      durations = { counts: Array.from({ length: DURATIONS.length + 1 }, () => 0), sumSeconds: 0 };
      this.#durations.set(labels, durations);
    }
    const bucket = DURATIONS.findIndex((most) => seconds <= most);
    durations.counts[bucket === -1 ? DURATIONS.length : bucket]! += 1;
    durations.sumSeconds += seconds;
  }

  /** All metrics in Prometheus' text format. */
  text(): string {
    const { user, system } = process.cpuUsage();
    const revision = this.#storageRevision?.();
    const requests = 'Requests answered, by verb, resource, subresource, scope and code.';
    return [
      ...series('apiserver_request_total', 'counter', requests, this.#requests),
      ...histogram('apiserver_request_duration_seconds', 'How long requests took, watches apart.', this.#durations),
      ...series('apiserver_longrunning_requests', 'gauge', 'Watches that are open.', this.#watches),
      ...(revision === undefined
        ? []
        : single('kubarium_storage_revision', 'gauge', 'The revision of the last write.', revision)),
      ...single('process_resident_memory_bytes', 'gauge', 'Memory of the whole process.', process.memoryUsage.rss()),
      ...single('process_cpu_seconds_total', 'counter', 'Processor time of the process.', (user + system) / 1e6),
      ...single('process_start_time_seconds', 'gauge', 'When the API server was made.', this.#startMs / 1000),
      '',
    ].join('\n');
  }
}

const add = (counts: Map<string, number>, labels: string, amount: number): void =>
  void counts.set(labels, (counts.get(labels) ?? 0) + amount);

const head = (name: string, type: string, help: string): string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
];

const single = (name: string, type: string, help: string, value: number): string[] => [
  ...head(name, type, help),
  `${name} ${value}`,
];

const series = (name: string, type: string, help: string, counts: ReadonlyMap<string, number>): string[] => [
  ...head(name, type, help),
  ...[...counts].map(([labels, count]) => `${name}{${labels}} ${count}`),
];

const histogram = (name: string, help: string, all: ReadonlyMap<string, Durations>): string[] => [
  ...head(name, 'histogram', help),
  ...[...all].flatMap(([labels, { counts, sumSeconds }]) => {
    let total = 0;
    const buckets = counts.map((count, index) => {
      total += count;
      return `${name}_bucket{${labels},le="${DURATIONS[index] ?? '+Inf'}"} ${total}`;
    });
    return [...buckets, `${name}_sum{${labels}} ${sumSeconds}`, `${name}_count{${labels}} ${total}`];
  }),
];

/** What a request is counted under. */
function labelsOf(info: RequestInfo): { readonly verb: string; readonly resource: string; readonly place: string } {
  if (!info.isResource) {
    return {
      verb: info.verb.toUpperCase(),
      resource: 'group="",version="",resource=""',
      place: 'subresource="",scope=""',
    };
  }
  const { verb, group, version, resource, subresource = '', name, namespace } = info;
  const scope = name !== undefined ? 'resource' : namespace !== undefined ? 'namespace' : 'cluster';
  return {
    verb: VERBS[verb] ?? verb.toUpperCase(),
    resource: `group="${escaped(group)}",version="${escaped(version)}",resource="${escaped(resource)}"`,
    place: `subresource="${escaped(subresource)}",scope="${scope}"`,
  };
}

/** A URL may hold anything. */
const escaped = (value: string): string =>
  /["\\\n]/.test(value) ? value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n') : value;

/** Metrics name verbs after methods. */
const VERBS: Readonly<Record<string, string>> = { create: 'POST', update: 'PUT' };

const TEXT_FORMAT = 'text/plain; version=0.0.4; charset=utf-8';

export function metricsRoutes(app: FastifyInstance, metrics: ApiMetrics): void {
  app.get('/metrics', async (_request, reply) => sendText(reply, 200, metrics.text(), TEXT_FORMAT));
}
