/** The server's own figures under Kubernetes' names, in the text format of Prometheus. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Api } from './api.ts';
import type { FinishedRequest } from './http/server.ts';
import type { Answer } from './request.ts';
import { readRequestInfo } from './request-info.ts';

export interface RequestMetrics {
  finished(request: FinishedRequest): void;
  answer(api: Api): Promise<Answer>;
}

const durationBuckets = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60,
];

export function createRequestMetrics(): RequestMetrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  const labelNames = ['verb', 'group', 'version', 'resource', 'subresource', 'code'];
  const total = new Counter({
    name: 'apiserver_request_total',
    help: 'Requests by verb, resource and answer',
    labelNames,
    registers,
  });
  const duration = new Histogram({
    name: 'apiserver_request_duration_seconds',
    help: 'How long requests took',
    labelNames: labelNames.slice(0, -1),
    buckets: durationBuckets,
    registers,
  });
  const objects = new Gauge({
    name: 'apiserver_storage_objects',
    help: 'Stored objects by resource',
    labelNames: ['resource'],
    registers,
  });
  const unavailable = new Gauge({
    name: 'aggregator_unavailable_apiservice',
    help: 'APIServices of other servers: 1 while they cannot be used',
    labelNames: ['name'],
    registers,
  });
  const memory = new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory of the process',
    registers,
  });
  return {
    finished({ method, path, status, durationMs }) {
      const labels = labelsOf(method, path);
      total.inc({ ...labels, code: String(status) });
      duration.observe(labels, durationMs / 1000);
    },
    async answer(api) {
      memory.set(process.memoryUsage.rss());
      unavailable.reset();
      for (const { name, available } of api.aggregation.all()) unavailable.set({ name }, available ? 0 : 1);
      for (const { resource, cache } of api.resources.all()) {
        objects.set(
          { resource: resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}` },
          cache.size,
        );
      }
      return {
        type: 'raw',
        status: 200,
        headers: { 'content-type': registry.contentType },
        body: await registry.metrics(),
      };
    },
  };
}

function labelsOf(method: string, path: string): Record<string, string> {
  const { verb, resource } = readInfo(method, path);
  if (resource === undefined) return { verb: method, group: '', version: '', resource: '', subresource: '' };
  const { group, version, subresource } = resource;
  return { verb: verb.toUpperCase(), group, version, resource: resource.resource, subresource };
}

function readInfo(method: string, path: string): ReturnType<typeof readRequestInfo> {
  try {
    return readRequestInfo(method, path, new URLSearchParams());
  } catch {
    return { verb: method, path };
  }
}
