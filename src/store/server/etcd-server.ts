/**
 * The etcd v3 API over the embedded store, for etcdctl, for API servers that share a store, for whatever speaks to etcd.
 *
 *   client ── gRPC on HTTP/2 ──► services (kv, watch, lease, maintenance, cluster, auth) ──► EmbeddedStore
 *
 * It is one member that is its own leader. Where it answers otherwise than etcd: docs/etcd-api.md.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { watch } from '../protocol/services.ts';
import type { EmbeddedStore } from '../embedded/embedded-store.ts';
import type { EtcdContext } from './context.ts';
import { EventEncoder } from './event-encoder.ts';
import { streaming } from './grpc.ts';
import type { Handler } from './grpc.ts';
import { kvHandlers, maxRequestBytes } from './kv.ts';
import { leaseHandlers } from './lease.ts';
import { listenForClients } from './listen.ts';
import type { Tls } from './listen.ts';
import { maintenanceHandlers } from './maintenance.ts';
import { plainAnswers } from './plain-answers.ts';
import { snapshotHandlers } from './snapshot.ts';
import { WatchStream } from './watch-stream.ts';

export interface EtcdServerOptions {
  readonly store: EmbeddedStore;
  readonly clock: Clock;
  /** Where to listen: `http://127.0.0.1:2379`, `https://…`, `unix:///run/etcd.sock`; port 0 takes a free one. */
  readonly listenUrls: readonly string[];
  /** For the https and unixs addresses. */
  readonly tls?: Tls;
  /** What member list names; default: the addresses listened on. */
  readonly advertiseUrls?: readonly string[];
  readonly name?: string;
  /** How often watches that asked for it are told that nothing happened; default ten minutes, as etcd. */
  readonly progressIntervalMs?: number;
}

export interface EtcdServer {
  /** The addresses, with the ports that were taken. */
  readonly urls: readonly string[];
  /** Clients are asked to go; what is under way may end. The store stays open. */
  close(): Promise<void>;
}

/** What gRPC takes beyond the largest request, so that this is refused with etcd's own error. */
const overheadBytes = 512 * 1024;
const tenMinutesMs = 600_000;
/** A term of one: the member was elected once and for all. */
const raftTerm = 2;

/** @throws Error with a `code` such as EADDRINUSE when an address cannot be listened on. */
export async function startEtcdServer(options: EtcdServerOptions): Promise<EtcdServer> {
  const { store, clock, name = 'default' } = options;
  const clusterId = idOf(`cluster ${name}`);
  const memberId = idOf(`member ${name}`);
  const urls: string[] = [];
  const context: EtcdContext = {
    store,
    clock,
    name,
    memberId,
    clientUrls: options.advertiseUrls ?? urls,
    progressIntervalMs: options.progressIntervalMs ?? tenMinutesMs,
    header: (revision = store.revision) => ({ clusterId, memberId, revision, raftTerm }),
  };
  const handlers = new Map([
    ...kvHandlers(context),
    ...leaseHandlers(context),
    ...maintenanceHandlers(context),
    ...snapshotHandlers(context),
    watchHandler(context),
  ]);
  const answer = plainAnswers(context);
  const maxMessageBytes = maxRequestBytes + overheadBytes;
  const listeners: Awaited<ReturnType<typeof listenForClients>>[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.close()));
  };
  try {
    for (const url of options.listenUrls) {
      const listener = await listenForClients(url, options.tls, { handlers, maxMessageBytes, answer });
      listeners.push(listener);
      urls.push(listener.url);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { urls, close };
}

function watchHandler(context: EtcdContext): [string, Handler] {
  const encoder = new EventEncoder();
  return [watch.watch.path, streaming(watch.watchOfBytes, (call) => new WatchStream(context, encoder, call).serve())];
}

function idOf(text: string): bigint {
  return createHash('sha256').update(text).digest().readBigUInt64BE();
}
