/** GET /containerLogs/NAMESPACE/POD/CONTAINER */
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { LogOptionsError, logOptionsFromQuery, type LogOptions } from '../logs/log-options.ts';
import type { Clock } from '../../base/clock.ts';
import type { ObservedContainer } from '../pods/observation.ts';
import { HttpError } from './http-error.ts';
import type { Route, RouteRequest } from './kubelet-server.ts';
import { loggedContainer, type FindPod, type FoundPod } from './pod-lookup.ts';

export interface ContainerLogs {
  readonly clock: Clock;
  readonly find: FindPod;
  /** The part of the log that is wanted; with `follow` on until the container has ended or the signal aborts. */
  read(found: FoundPod, container: ObservedContainer, options: LogOptions, signal: AbortSignal): AsyncGenerator<Buffer>;
}

export function containerLogsRoute(logs: ContainerLogs): Route {
  return {
    pattern: /^\/containerLogs\/([^/]+)\/([^/]+)\/([^/]+)$/,
    async serve({ parts, query, signal }: RouteRequest, res) {
      const [namespace = '', name = '', containerName = ''] = parts;
      const options = readOptions(query, logs.clock.now());
      const found = await logs.find(namespace, name, '');
      const container = loggedContainer(found, containerName, ['1', 'true'].includes(query.get('previous') ?? ''));
      const lines = logs.read(found, container, options, signal);
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
