/** Cluster DNS: answers for services and pods, and hands everything else to the resolvers of the host. */
import { once } from 'node:events';
import { EndpointSlices, Services } from '../api/resources.ts';
import { errorText } from '../base/log.ts';
import type { ComponentContext } from '../client/component.ts';
import type { Informers } from '../client/informer.ts';
import { createInformers } from '../client/shared-informers.ts';
import { clusterView } from './cluster-view.ts';
import { Forwarder } from './forward.ts';
import { errorResponse } from './message.ts';
import { hostUpstreams, type Upstream } from './resolv-conf.ts';
import { answerQuery, type ResolverOptions } from './resolver.ts';
import { ResponseCache } from './response-cache.ts';
import { listen, type Answerer } from './server.ts';

export interface DnsOptions {
  readonly informers?: Informers | undefined;
  /** Addresses to listen on. */
  readonly addresses: readonly string[];
  /** 53 unless given; 0 takes any. */
  readonly port?: number | undefined;
  /** cluster.local unless given. */
  readonly clusterDomain?: string | undefined;
  /** The resolvers of the host unless given. */
  readonly upstreams?: readonly Upstream[] | undefined;
  /** Called once it answers, with the port. */
  readonly onListening?: ((port: number) => void) | undefined;
}

const serverFailure = 2;

/** Rejects when it cannot listen. */
export async function runDns(signal: AbortSignal, context: ComponentContext, options: DnsOptions): Promise<void> {
  const { clock, log } = context;
  const own = options.informers === undefined ? createInformers({ ...context, signal }) : undefined;
  const informers = options.informers ?? own;
  if (informers === undefined) return;
  const port = options.port ?? 53;
  const synced = [informers.of(Services), informers.of(EndpointSlices)];
  const upstreams = options.upstreams ?? (await hostUpstreams());
  let loops = 0;
  const resolver: ResolverOptions = {
    view: clusterView(informers),
    zone: (options.clusterDomain ?? 'cluster.local').toLowerCase().replaceAll(/^\.+|\.+$/g, ''),
    forwarder: new Forwarder(upstreams.filter((upstream) => !isSelf(upstream, options.addresses, port))),
    cache: new ResponseCache(() => clock.now()),
    ready: () => synced.every((informer) => informer.synced),
    onLoop: () => {
      if (loops++ === 0) log.warn('A query came back: an upstream resolver asks this server', { port });
    },
    signal,
  };
  const answer: Answerer = async (query, transport) => {
    try {
      return await answerQuery(query, transport, resolver);
    } catch (error) {
      log.warn('A query failed', { error: errorText(error) });
      return errorResponse(query, serverFailure);
    }
  };
  if (!signal.aborted) {
    const server = await listen(options.addresses, port, answer);
    options.onListening?.(server.port);
    if (!signal.aborted) await once(signal, 'abort');
    await server.close();
  }
  await own?.whenEnded();
}

function isSelf(upstream: Upstream, addresses: readonly string[], port: number): boolean {
  return upstream.port === port && addresses.includes(upstream.address);
}
