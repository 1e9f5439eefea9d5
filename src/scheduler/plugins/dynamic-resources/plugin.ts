/**
 * Devices by resource claims (structured parameters): refuses nodes where a claim's devices cannot be used or where
 * none can be allocated for it, and allocates those of the node that was chosen.
 *
 *   filter: could all claims be satisfied here? ─▶ reserve: with which devices (assumed) ─▶ preBind: written into the claims
 */
import type { Pod } from '../../../api/groups/core.v1.ts';
import type { ResourceClaim } from '../../../api/groups/resource.v1.ts';
import type { Plugin, PostFilterInput, PostFilterResult, Refusal } from '../../framework.ts';
import type { NodeTable } from '../../node-table.ts';
import { matchesAnyTerm } from '../node-affinity/node-selector.ts';
import { allocateDevices, type AllocateInput, type DeviceShare } from './allocate-devices.ts';
import { poolsOf } from './device-pools.ts';
import { readResourceClaims } from './pod-resource-claims.ts';
import { deallocate, reserveClaims } from './reserve-claims.ts';

const elsewhere: Refusal = { reasons: ['resourceclaim not available on the node'], preemptible: true };
const noDevices: Refusal = { reasons: ['cannot allocate all claims'], preemptible: true };

/** Claims with the allocation that each shall have, from reserve to preBind. */
const reserved = new WeakMap<Pod, readonly ResourceClaim[]>();

export const dynamicResources: Plugin = {
  name: 'DynamicResources',
  helpedBy: ['node added', 'node labels changed', 'device changed', 'pod changed', 'assigned pod deleted'],
  preFilter({ pod }, table) {
    if ((pod.spec.resourceClaims ?? []).length === 0) return { type: 'skip' };
    const read = readResourceClaims(pod, table.devices);
    if (read.type === 'refuse') return read;
    const missing = missingClass(read.claims, table);
    if (missing !== undefined) return { type: 'refuse', message: missing };
    const input = allocateInput(read.claims, table);
    return { type: 'filter', filter: (row) => refusalOf(read.claims, input, table, row) };
  },
  postFilter: (input) => giveBack(input),
  reserve({ pod }, nodeName, table) {
    if ((pod.spec.resourceClaims ?? []).length === 0) return undefined;
    const read = readResourceClaims(pod, table.devices);
    const node = table.node(table.row(nodeName) ?? -1);
    if (read.type === 'refuse' || node === undefined) return undefined;
    const input = allocateInput(read.claims, table);
    const results = allocateDevices(input, node);
    if (results === undefined) throw new Error('claim allocation failed');
    const made = input.claims.map((claim, at) => ({
      ...claim,
      status: { ...claim.status, allocation: results[at] },
    }));
    for (const claim of made) table.devices.assume(claim);
    const has = (claim: ResourceClaim): boolean => claim.status.allocation !== undefined;
    reserved.set(pod, [...read.claims.filter(has), ...made]);
    return () => {
      for (const claim of made) table.devices.forget(claim);
    };
  },
  preparesFor: ({ pod }) => reserved.has(pod),
  async preBind(context) {
    await reserveClaims(context, reserved.get(context.pod) ?? []);
  },
};

function missingClass(claims: readonly ResourceClaim[], { devices }: NodeTable): string | undefined {
  for (const { spec, status } of claims) {
    if (status.allocation !== undefined) continue;
    for (const { name, exactly, firstAvailable = [] } of spec.devices.requests ?? []) {
      const alternatives = exactly === undefined ? firstAvailable : [{ ...exactly, name }];
      for (const each of alternatives) {
        const request = exactly === undefined ? `${name}/${each.name}` : name;
        if (devices.deviceClass(each.deviceClassName) === undefined) {
          return `request ${request}: device class ${each.deviceClassName} does not exist`;
        }
      }
    }
  }
  return undefined;
}

/** For the claims that have no devices yet. */
function allocateInput(claims: readonly ResourceClaim[], { devices }: NodeTable): AllocateInput {
  const taken = new Set<string>();
  const shares: DeviceShare[] = [];
  for (const { status } of devices.claims()) {
    for (const result of status.allocation?.devices.results ?? []) {
      const { adminAccess, driver, pool, device, shareID, consumedCapacity = {} } = result;
      const key = `${driver}/${pool}/${device}`;
      if (adminAccess === true) continue;
      if (shareID === undefined) taken.add(key);
      else shares.push({ key, parts: consumedCapacity });
    }
  }
  return {
    claims: claims.filter(({ status }) => status.allocation === undefined),
    pools: poolsOf(devices.slices()),
    taken,
    shares,
    deviceClass: (name) => devices.deviceClass(name),
  };
}

function refusalOf(
  claims: readonly ResourceClaim[],
  input: AllocateInput,
  table: NodeTable,
  row: number,
): Refusal | undefined {
  const node = table.node(row);
  if (node === undefined) return undefined;
  for (const { status } of claims) {
    const place = status.allocation?.nodeSelector;
    if (place !== undefined && !matchesAnyTerm(node, place.nodeSelectorTerms)) return elsewhere;
  }
  return input.claims.length === 0 || allocateDevices(input, node) !== undefined ? undefined : noDevices;
}

/** A claim whose devices are in the wrong place and that only this pod wants gets others the next time. */
function giveBack({ pod: { pod }, table, refusals }: PostFilterInput): PostFilterResult {
  if ((pod.spec.resourceClaims ?? []).length === 0) return { message: 'no new claims to deallocate' };
  const read = readResourceClaims(pod, table.devices);
  const claims = read.type === 'claims' ? read.claims : [];
  const idle = claims.find(
    ({ status: { allocation, reservedFor = [] } }) =>
      allocation?.nodeSelector !== undefined && reservedFor.every(({ uid }) => uid === pod.metadata.uid),
  );
  const wrongPlace = table.live.some((row) => refusals.get(row) === elsewhere);
  if (idle === undefined || !wrongPlace) return { message: 'still not schedulable' };
  return {
    message: 'deallocation of ResourceClaim completed',
    act: (client) => deallocate(client, idle),
  };
}
