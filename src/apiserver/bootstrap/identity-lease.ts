/**
 * The Lease by which an API server tells that it is there: `apiserver-…` in kube-system, renewed every ten seconds and
 * good for an hour. Those of servers that are gone are removed by the others.
 */
import { createHash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Lease } from '../../api/groups/coordination.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import { Leases } from '../../api/resources.ts';
import type { Api } from '../api.ts';
import { storedBytes } from '../registry/entry.ts';
import { storageKey } from '../registry/served.ts';
import type { Reachable } from './endpoint-leases.ts';
import { completeSeed } from './seed.ts';
import { keepUp, type Upkeep } from './upkeep.ts';

const namespace = 'kube-system';
const identityLabel = 'apiserver.kubernetes.io/identity';
const leaseDurationSeconds = 3600;

export function holdIdentity(api: Api, reachable: Reachable): Promise<Upkeep> {
  const host = hostname();
  const name = identityOf(`${host}/${reachable.advertiseAddress}:${reachable.securePort}`);
  const holderIdentity = `${name}_${randomUUID()}`;
  return keepUp(api, 'the Lease of this server', async () => {
    const served = api.resources.of(Leases);
    await served.cache.ready();
    const key = storageKey(served, namespace, name);
    const entry = served.cache.get(key);
    const now = microTime(api.clock.now());
    const spec = { holderIdentity, leaseDurationSeconds, renewTime: now };
    const lease =
      entry === undefined
        ? completeSeed(api, served, { metadata: { name, namespace, labels: labelsOf(host) }, spec })
        : ({ ...entry.object, spec: { ...(entry.object as unknown as Lease).spec, ...spec } } as KubeObject);
    await api.store.transact(
      [{ key, modRevision: entry?.revision ?? 0 }],
      [{ type: 'put', key, value: storedBytes(lease) }],
    );
    await removeExpired(api);
  });
}

/** As Kubernetes makes it of a host's name; here with the address, since several servers may run on one host. */
function identityOf(text: string): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
  const bits = [...createHash('sha256').update(text).digest().subarray(0, 16)]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('');
  const digits = bits.match(/.{1,5}/g) ?? [];
  return `apiserver-${digits.map((digit) => alphabet[Number.parseInt(digit.padEnd(5, '0'), 2)]).join('')}`;
}

const labelsOf = (host: string) => ({ [identityLabel]: 'kube-apiserver', 'kubernetes.io/hostname': host });

const microTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');

async function removeExpired(api: Api): Promise<void> {
  const { cache } = api.resources.of(Leases);
  for (const { key, revision, object } of cache.list(`${cache.prefix}${namespace}/`)) {
    if (object.metadata.labels?.[identityLabel] === undefined) continue;
    const { renewTime, leaseDurationSeconds: lasts = 0 } = (object as unknown as Lease).spec ?? {};
    const endMs = renewTime === undefined ? 0 : Date.parse(renewTime) + lasts * 1000;
    if (endMs < api.clock.now()) await api.store.transact([{ key, modRevision: revision }], [{ type: 'delete', key }]);
  }
}
