/**
 * Where a load balancer asks whether this node takes traffic for a Service: with externalTrafficPolicy Local only nodes with
 * endpoints of their own do. Each such Service has a port of its own (spec.healthCheckNodePort), on the addresses of node ports;
 * every path answers 200 when there are endpoints here, else 503, with the count in JSON as kube-proxy has it.
 */
import { createServer, type Server } from 'node:http';
import type { Service } from '../api/groups/core.v1.ts';
import type { EndpointSlice } from '../api/groups/discovery.v1.ts';
import { errorText, type Log } from '../base/log.ts';

export interface HealthCheck {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  /** Ready endpoints of the Service on this node. */
  readonly localEndpoints: number;
}

export function healthChecks(
  services: readonly Service[],
  slices: readonly EndpointSlice[],
  nodeName: string,
): readonly HealthCheck[] {
  return services.flatMap(({ metadata, spec }) => {
    const port = spec.healthCheckNodePort ?? 0;
    if (port === 0 || spec.type !== 'LoadBalancer' || spec.externalTrafficPolicy !== 'Local') return [];
    const { namespace, name } = metadata;
    const local = slices
      .filter((slice) => slice.metadata.namespace === namespace)
      .filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === name)
      .flatMap((slice) => slice.endpoints ?? [])
      .filter((endpoint) => endpoint.nodeName === nodeName && endpoint.conditions.ready !== false);
    const localEndpoints = new Set(local.map(({ addresses }) => addresses[0])).size;
    return [{ namespace, name, port, localEndpoints }];
  });
}

interface Listening {
  check: HealthCheck;
  readonly servers: readonly Server[];
}

/** The servers of a node, one a Service and address. */
export class HealthCheckServers {
  readonly #addresses: readonly string[];
  readonly #log: Log;
  readonly #listening = new Map<number, Listening>();

  constructor(addresses: readonly string[], log: Log) {
    this.#addresses = addresses;
    this.#log = log;
  }

  /** Listens for what is new, and no more for what is gone. A port that is taken is tried again the next time. */
  async apply(checks: readonly HealthCheck[]): Promise<void> {
    const wanted = new Map(checks.map((check) => [check.port, check]));
    for (const port of this.#listening.keys()) if (!wanted.has(port)) await this.#stop(port);
    for (const [port, check] of wanted) {
      const known = this.#listening.get(port);
      if (known === undefined) await this.#start(check);
      else known.check = check;
    }
  }

  async close(): Promise<void> {
    for (const port of this.#listening.keys()) await this.#stop(port);
  }

  async #start(check: HealthCheck): Promise<void> {
    const { port, namespace, name } = check;
    const servers = this.#addresses.map(() => this.#createServer(port));
    this.#listening.set(port, { check, servers });
    const results = await Promise.allSettled(servers.map((server, at) => listen(server, port, this.#addresses[at])));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed === undefined) return;
    const why = { namespace, name, port, error: errorText(failed.reason) };
    this.#log.warn('Load balancers cannot ask after a Service here: its health check port is taken', why);
    await this.#stop(port);
  }

  #createServer(port: number): Server {
    return createServer((_, response) => {
      const { namespace = '', name = '', localEndpoints = 0 } = this.#listening.get(port)?.check ?? {};
      const body = { service: { namespace, name }, localEndpoints, serviceProxyHealthy: true };
      response.writeHead(localEndpoints > 0 ? 200 : 503, {
        'content-type': 'application/json',
        'x-content-type-options': 'nosniff',
        'x-load-balancing-endpoint-weight': String(localEndpoints),
      });
      response.end(JSON.stringify(body));
    });
  }

  async #stop(port: number): Promise<void> {
    const servers = this.#listening.get(port)?.servers ?? [];
    this.#listening.delete(port);
    await Promise.all(servers.map(stopServer));
  }
}

function listen(server: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function stopServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve()); // also told when it never listened
    server.closeAllConnections();
  });
}
