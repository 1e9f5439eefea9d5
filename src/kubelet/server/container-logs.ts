/** GET /containerLogs/NAMESPACE/POD/CONTAINER */
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { LogOptionsError, logOptionsFromQuery, type LogOptions } from '../logs/log-options.ts';
import { readContainerLog } from '../logs/read-log.ts';
import { HttpError } from './http-error.ts';
import type { Route, RouteRequest } from './kubelet-server.ts';
import { findPod, loggedContainer, type PodLookup } from './pod-lookup.ts';

export function containerLogsRoute(lookup: PodLookup): Route {
  return {
    pattern: /^\/containerLogs\/([^/]+)\/([^/]+)\/([^/]+)$/,
    async serve({ parts, query, signal }: RouteRequest, res) {
      const [namespace = '', name = '', containerName = ''] = parts;
      const options = readOptions(query, lookup.node.clock.now());
      const found = await findPod(lookup, namespace, name);
      const container = loggedContainer(found, containerName, ['1', 'true'].includes(query.get('previous') ?? ''));
      const { containers } = lookup.node.runtime;
      const isRunning = async (): Promise<boolean> => (await containers.status(container.id))?.state === 'running';
      const lines = readContainerLog({ path: container.logPath, isRunning, signal }, options);
      // The first piece tells whether the log can be read at all.
      const first = await lines.next();
      res.writeHead(200, { 'content-type': 'text/plain', 'transfer-encoding': 'chunked' });
      res.flushHeaders();
      if (first.done !== true) res.write(first.value);
      await pipeline(Readable.from(lines), res).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    },
  };
}

function readOptions(query: URLSearchParams, nowMs: number): LogOptions {
  try {
    return logOptionsFromQuery(query, nowMs);
  } catch (error) {
    if (error instanceof LogOptionsError) throw new HttpError(422, error.message);
    throw error;
  }
}
