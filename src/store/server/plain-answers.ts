/**
 * What a GET is answered on the port of the clients: how the member is, which version it has, and figures in the format of
 * Prometheus under etcd's names, for whatever watches an etcd.
 *
 * `/health` fails by an alarm too, as in etcd; `?exclude=NOSPACE` leaves one out of account. `/livez` and `/readyz` ask
 * whether a restart would help, and whether to send requests: alarms are no reason for either.
 */
import { Registry } from '../../base/metrics.ts';
import { etcdVersion } from './context.ts';
import type { EtcdContext } from './context.ts';
import { rangeOf } from './key-range.ts';

export interface PlainAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** @param target Path and query. Never rejects. */
export type AnswerPlainly = (target: string) => Promise<PlainAnswer>;

export function plainAnswers(context: EtcdContext): AnswerPlainly {
  const scrape = metricsOf(context);
  return async (target) => {
    const [path = '', query = ''] = target.split('?');
    switch (path) {
      case '/health':
        return health(context, new URLSearchParams(query).getAll('exclude'));
      case '/livez':
      case '/readyz':
        return probe(context);
      case '/version':
        return json(200, { etcdserver: etcdVersion, etcdcluster: etcdVersion.replace(/\d+\+.*/, '0') });
      case '/metrics':
        return scrape();
      default:
        return json(404, { error: 'not found' });
    }
  };
}

function health({ store }: EtcdContext, excluded: readonly string[]): PlainAnswer {
  const alarm = store.alarms.raised.find((raised) => !excluded.includes(raised));
  const reason = store.fault?.message ?? (alarm === undefined ? '' : `ALARM ${alarm}`);
  return json(reason === '' ? 200 : 503, { health: String(reason === ''), reason });
}

function probe({ store }: EtcdContext): PlainAnswer {
  if (store.fault === undefined) return text(200, 'ok\n');
  return text(503, `[-]serializable_read failed: ${store.fault.message}\n`);
}

function metricsOf({ store }: EtcdContext): () => Promise<PlainAnswer> {
  const registry = new Registry();
  const gauge = (name: string, help: string) => registry.gauge({ name, help }).of();
  const cpu = registry.counter({ name: 'process_cpu_seconds_total', help: 'Processor time used' }).of();
  const resident = gauge('process_resident_memory_bytes', 'Memory in use');
  const hasLeader = gauge('etcd_server_has_leader', 'Whether writes are taken');
  const isLeader = gauge('etcd_server_is_leader', 'Always 1: the only member');
  const quota = gauge('etcd_server_quota_backend_bytes', 'Size of the database beyond which puts are refused');
  const size = gauge('etcd_mvcc_db_total_size_in_bytes', 'Size of the database on disk');
  const inUse = gauge('etcd_mvcc_db_total_size_in_use_in_bytes', 'The same without pages that hold nothing');
  const keys = gauge('etcd_debugging_mvcc_keys_total', 'Current keys');
  const revision = gauge('etcd_debugging_mvcc_current_revision', 'The latest revision');
  const compacted = gauge('etcd_debugging_mvcc_compact_revision', 'The revision below which history is gone');
  registry
    .gauge({ name: 'etcd_server_version', help: 'Always 1', labels: ['server_version'] })
    .of(etcdVersion)
    .set(1);
  isLeader.set(1);
  return async () => {
    try {
      const [{ bytes, bytesInUse }, { count }] = await Promise.all([
        store.size(),
        store.range('\0', { ...rangeOf({ key: '\0', rangeEnd: '\0' }), countOnly: true }),
      ]);
      const { user, system } = process.cpuUsage();
      cpu.set((user + system) / 1e6);
      resident.set(process.memoryUsage.rss());
      hasLeader.set(store.fault === undefined ? 1 : 0);
      quota.set(Number.isFinite(store.quotaBytes) ? store.quotaBytes : 0);
      size.set(bytes);
      inUse.set(bytesInUse);
      keys.set(count);
      revision.set(store.revision);
      compacted.set(store.compactRevision);
      return { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: registry.text() };
    } catch (error) {
      return text(503, `${String(error)}\n`);
    }
  };
}

function json(status: number, body: object): PlainAnswer {
  return { status, type: 'application/json', body: JSON.stringify(body) };
}

function text(status: number, body: string): PlainAnswer {
  return { status, type: 'text/plain; charset=utf-8', body };
}
