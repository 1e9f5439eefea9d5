/** What the kubelet tells about itself and its node: /healthz, /pods, /stats/summary, /metrics, /metrics/resource. */
import type { ServerResponse } from 'node:http';
import { printMetrics, printResourceMetrics } from '../stats/metrics.ts';
import type { StatsSummary } from '../stats/summary.ts';
import type { Route } from './kubelet-server.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import type { Container } from '../runtimes/runtime.ts';

export interface Information {
  readonly nodeName: string;
  /** The pods of the node. */
  pods(): readonly Pod[];
  containers(): Promise<readonly Pick<Container, 'state'>[]>;
  summary(): Promise<StatsSummary>;
}

const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

export function informationRoutes(information: Information): readonly Route[] {
  return [
    {
      pattern: /^\/healthz(?:\/(?:ping|log|syncloop))?$/,
      serve: async (_, res) => send(res, 'text/plain; charset=utf-8', 'ok'),
    },
    {
      pattern: /^\/(?:running)?pods\/?$/,
      async serve(_, res) {
        const list = { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: information.pods() };
        send(res, 'application/json', JSON.stringify(list));
      },
    },
    {
      pattern: /^\/stats\/summary$/,
      serve: async (_, res) => send(res, 'application/json', JSON.stringify(await information.summary())),
    },
    {
      pattern: /^\/metrics$/,
      async serve(_, res) {
        const containers = await information.containers();
        send(res, metricsType, printMetrics(information.nodeName, information.pods(), containers));
      },
    },
    {
      pattern: /^\/metrics\/resource$/,
      serve: async (_, res) => send(res, metricsType, printResourceMetrics(await information.summary())),
    },
  ];
}

function send(res: ServerResponse, contentType: string, body: string): void {
  res.writeHead(200, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  res.end(body);
}
