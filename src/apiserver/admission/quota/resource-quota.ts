/**
 * ResourceQuota: a namespace takes no more than it may. What is taken is written into the quotas before the object itself
 * is: if the object then fails to be stored, the quota controller gives back what was counted.
 *
 *   write ──▶ all quotas of the namespace ──refused──▶ Forbidden
 *                     └─ charged ──▶ status.used, if nobody wrote the quota meanwhile (else charged anew)
 *
 * Writes of one namespace take turns here, so that those of this process do not race each other; those of other API
 * servers are met by comparing revisions. Last of all plugins: nothing is counted for what another one refuses.
 */
import { trackUpdate } from '../../../api/apply/track-update.ts';
import { decode } from '../../../api/codec/decode.ts';
import type { Draft } from '../../../api/descriptor.ts';
import type { ResourceQuota } from '../../../api/groups/core.v1.ts';
import type { KubeObject } from '../../../api/kind.ts';
import { PersistentVolumeClaims, Pods, Services } from '../../../api/resources.ts';
import type { AnyResource } from '../../../api/resource.ts';
import type { JsonObject } from '../../../api/schema.ts';
import type { Clock } from '../../../base/clock.ts';
import type { Store } from '../../../store/store.ts';
import { Entry, storedBytes } from '../../registry/entry.ts';
import { scopeOf, type Served } from '../../registry/served.ts';
import { conflictError, modifiedText } from '../../verbs/target.ts';
import type { AdmissionPlugin, Admitted } from '../admission.ts';
import { refusal } from '../refusal.ts';
import { charge, obstacle, type Write } from './charge.ts';

const attempts = 4;
/** Short-lived or not stored at all. */
const uncounted = new Set(['events', 'bindings', 'tokenreviews', 'localsubjectaccessreviews']);

/** Kinds of which an update may take more. */
const grows = new Set<AnyResource>([Services, PersistentVolumeClaims]);

interface Charged {
  readonly entry: Entry;
  readonly used: Readonly<Record<string, string>>;
}

export function createResourceQuota(quotas: Served, store: Store, clock: Clock): AdmissionPlugin {
  const turns = new Map<string, Promise<void>>();
  const take = async (request: Admitted, write: Write, present: readonly Entry[]): Promise<void> => {
    let entries = present;
    for (let attempt = 1; entries.length > 0; attempt++) {
      const charged = chargeAll(request, entries, write);
      if (request.dryRun) return;
      entries = await storeAll(quotas, store, charged, clock.now());
      if (entries.length > 0 && attempt === attempts) {
        throw conflictError(quotas, entries[0]?.object.metadata.name ?? '', modifiedText);
      }
    }
  };
  return {
    name: 'ResourceQuota',
    validate(request) {
      const write = writeOf(request, clock.now());
      if (write === undefined) return;
      const { namespace = '' } = request;
      const quotasNow = (): Entry[] => quotas.cache.list(scopeOf(quotas, namespace));
      const settle = (): Promise<void> | void => {
        if (quotasNow().length > 0) return inTurn(turns, namespace, () => take(request, write, quotasNow()));
      };
      return quotas.cache.loaded ? settle() : quotas.cache.ready().then(settle);
    },
  };
}

function writeOf({ operation, served, subresource, object, old }: Admitted, nowMs: number): Write | undefined {
  const { resource } = served;
  if (!resource.namespaced || uncounted.has(resource.plural) || object === undefined) return undefined;
  const resizes = resource === Pods && subresource === 'resize';
  if (subresource !== '' && !resizes) return undefined;
  const counts = operation === 'CREATE' || (operation === 'UPDATE' && (grows.has(resource) || resizes));
  return counts ? { object: object as KubeObject, old, resource, nowMs } : undefined;
}

/** After those that came before for the same key; the next one begins when this has ended, well or not. */
async function inTurn(turns: Map<string, Promise<void>>, key: string, work: () => Promise<void>): Promise<void> {
  const before = turns.get(key) ?? Promise.resolve();
  const mine = before.then(work);
  const ended = mine.catch(() => undefined);
  turns.set(key, ended);
  try {
    await mine;
  } finally {
    if (turns.get(key) === ended) turns.delete(key);
  }
}

function chargeAll(request: Admitted, entries: readonly Entry[], write: Write): Charged[] {
  for (const { object } of entries) {
    const why = obstacle(object as unknown as ResourceQuota, write);
    if (why !== undefined) throw refusal(request, why);
  }
  return entries.flatMap((entry) => {
    const result = charge(entry.object as unknown as ResourceQuota, write);
    if (!result.ok) throw refusal(request, result.why);
    return result.used === undefined ? [] : [{ entry, used: result.used }];
  });
}

/** Answers the quotas, as they are now, that somebody else wrote meanwhile. */
async function storeAll(quotas: Served, store: Store, charged: readonly Charged[], nowMs: number): Promise<Entry[]> {
  const lost: Entry[] = [];
  for (const { entry, used } of charged) {
    const { key, revision } = entry;
    const value = storedBytes(withUsed(quotas, entry.object, used, nowMs));
    const result = await store.transact([{ key, modRevision: revision }], [{ type: 'put', key, value }]);
    if (result.ok) continue;
    lost.push(...result.current.map((current) => new Entry(current.key, current.modRevision, current.value)));
  }
  return lost;
}

function withUsed(quotas: Served, current: KubeObject, used: object, nowMs: number): KubeObject {
  const draft = structuredClone(current) as Draft<KubeObject>;
  const quota = draft as unknown as Draft<ResourceQuota>;
  quota.status = { ...quota.status, used: { ...used } };
  const managedFields = trackUpdate({
    type: quotas.type,
    before: current,
    after: draft,
    manager: 'kube-apiserver',
    subresource: 'status',
    nowMs,
    resetFields: quotas.descriptor.resetFields?.['status'] ?? [],
  });
  Object.assign(draft.metadata, { managedFields });
  return decode(quotas.type, draft as unknown as JsonObject).value as KubeObject;
}
