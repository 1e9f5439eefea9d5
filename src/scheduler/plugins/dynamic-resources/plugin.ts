/**
 * Devices by resource claims (structured parameters): refuses nodes where a claim's devices cannot be used or where
 * none can be allocated for it, and allocates those of the node that was chosen.
 *
 *   filter: could all claims be satisfied here? ─▶ reserve: with which devices (assumed) ─▶ preBind: written into the claims
 *
 * On nodes that lack an extended resource which devices can serve, one more claim stands for it (extended-resources.ts).
 */
import type { Pod } from '../../../api/groups/core.v1.ts';
import type { ResourceClaim } from '../../../api/groups/resource.v1.ts';
import type { Plugin, PostFilterInput, PreFilterResult, PostFilterResult, Refusal } from '../../framework.ts';
import type { NodeTable } from '../../node-table.ts';
import type { PodInfo } from '../../pod-info.ts';
import { matchesAnyTerm } from '../node-affinity/node-selector.ts';
import { allocateDevices, type AllocateInput, type DeviceShare } from './allocate-devices.ts';
import { awaitBinding, defaultBindingTimeoutMs } from './await-binding.ts';
import { poolsOf } from './device-pools.ts';
import { createExtendedClaim, deleteClaim } from './extended-claims.ts';
import { extendedClaim, neededOn, servedByDevices, staleClaim } from './extended-resources.ts';
import { deviceHelps } from './device-helps.ts';
import { readResourceClaims } from './pod-resource-claims.ts';
import { deallocate, reserveClaims } from './reserve-claims.ts';

const elsewhere: Refusal = { reasons: ['resourceclaim not available on the node'], preemptible: false };
const noDevices: Refusal = { reasons: ['cannot allocate all claims'], preemptible: false };
const tooLate: Refusal = { reasons: ['timed out trying to allocate devices'], preemptible: false };

/** Claims with the allocation that each shall have, from reserve to preBind. */
const reserved = new WeakMap<Pod, readonly ResourceClaim[]>();

const stale: Refusal = { reasons: ['cannot schedule extended resource claim'], preemptible: false };

const name = 'DynamicResources';
const defaultFilterTimeoutMs = 10_000;

export interface DynamicResourcesArgs {
  /** How long the devices of one node are searched; 0: as long as the search may take steps. 10 seconds. */
  readonly filterTimeoutMs?: number | undefined;
  /** How long a pod waits for its devices to become ready. 10 minutes. */
  readonly bindingTimeoutMs?: number | undefined;
}

export function dynamicResourcesWith(args: DynamicResourcesArgs): Plugin {
  const { filterTimeoutMs = defaultFilterTimeoutMs, bindingTimeoutMs = defaultBindingTimeoutMs } = args;
  return {
    name,
    helpedBy: [
      'node added',
      'node labels changed',
      'node allocatable changed',
      'device changed',
      'pod changed',
      'assigned pod deleted',
    ],
    helps: deviceHelps,
    preFilter: (pod, table) => prepare(pod, table, filterTimeoutMs === 0 ? Infinity : filterTimeoutMs),
    preEnqueue: (pod, table) => {
      const read = readResourceClaims(pod, table.devices);
      return read.type === 'refuse' ? read.message : undefined;
    },
    postFilter: (input) => giveBack(input),
    reserve: allocate,
    preparesFor: ({ pod }) => reserved.has(pod),
    async preBind(context) {
      const claims = await createExtendedClaim(context, reserved.get(context.pod) ?? []);
      await reserveClaims(context, claims);
      try {
        await awaitBinding(context, claims, bindingTimeoutMs);
      } catch (error) {
        for (const claim of claims) await deallocate(context.client, claim, context.pod);
        throw error;
      }
    },
  };
}

export const dynamicResources = dynamicResourcesWith({});

function prepare(info: PodInfo, table: NodeTable, timeoutMs: number): PreFilterResult {
  const { pod, requests } = info;
  const resources = servedByDevices(requests, table.devices);
  if ((pod.spec.resourceClaims ?? []).length === 0 && resources.length === 0) return { type: 'skip' };
  const read = readResourceClaims(pod, table.devices);
  if (read.type === 'refuse') return read;
  for (const claim of read.claims) {
    const message = isFull(claim, pod) ? 'resourceclaim in use' : missingClass(claim, table);
    if (message !== undefined) return { type: 'refuse', message };
  }
  if (resources.length > 0 && staleClaim(pod, table.devices) !== undefined) {
    return { type: 'filter', filter: () => stale };
  }
  const input = allocateInput(read.claims, table);
  const inputs = new Map<string, AllocateInput>();
  const inputOn = (row: number): AllocateInput => {
    const needed = neededOn(row, resources, table);
    if (needed.length === 0) return input;
    const known = inputs.get(needed.join());
    if (known !== undefined) return known;
    const made = { ...input, claims: [...input.claims, extendedClaim(pod, needed, table.devices)] };
    inputs.set(needed.join(), made);
    return made;
  };
  return {
    type: 'filter',
    filter: (row) => {
      const deadlineMs = performance.now() + timeoutMs;
      return refusalOf(read.claims, { ...inputOn(row), deadlineMs }, table, row);
    },
  };
}

/** Takes the devices on the node; what it answers gives them back. */
function allocate({ pod, requests }: PodInfo, nodeName: string, table: NodeTable): (() => void) | undefined {
  const row = table.row(nodeName) ?? -1;
  const needed = neededOn(row, servedByDevices(requests, table.devices), table);
  if ((pod.spec.resourceClaims ?? []).length === 0 && needed.length === 0) return undefined;
  const read = readResourceClaims(pod, table.devices);
  const node = table.node(row);
  if (read.type === 'refuse' || node === undefined) return undefined;
  const extended = needed.length === 0 ? [] : [extendedClaim(pod, needed, table.devices)];
  const claims = [...read.claims, ...extended];
  const input = allocateInput(claims, table);
  const results = allocateDevices(input, node);
  if (results === undefined || results === 'timed out') throw new Error('claim allocation failed');
  const made = input.claims.map((claim, at) => ({ ...claim, status: { ...claim.status, allocation: results[at] } }));
  for (const claim of made) table.devices.assume(claim);
  const has = (claim: ResourceClaim): boolean => claim.status.allocation !== undefined;
  reserved.set(pod, [...claims.filter(has), ...made]);
  return () => {
    for (const claim of made) table.devices.forget(claim);
    reserved.delete(pod);
  };
}

/** More pods cannot share a claim. */
const maxConsumers = 256;

function isFull({ status: { allocation, reservedFor = [] } }: ResourceClaim, { metadata }: Pod): boolean {
  if (allocation === undefined || reservedFor.length < maxConsumers) return false;
  return !reservedFor.some(({ uid }) => uid === metadata.uid);
}

function missingClass({ spec, status }: ResourceClaim, { devices }: NodeTable): string | undefined {
  if (status.allocation !== undefined) return undefined;
  for (const { name: asked, exactly, firstAvailable = [] } of spec.devices.requests ?? []) {
    const alternatives = exactly === undefined ? firstAvailable : [{ ...exactly, name: asked }];
    for (const each of alternatives) {
      const request = exactly === undefined ? `${asked}/${each.name}` : asked;
      if (devices.deviceClass(each.deviceClassName) === undefined) {
        return `request ${request}: device class ${each.deviceClassName} does not exist`;
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
  if (input.claims.length === 0) return undefined;
  const results = allocateDevices(input, node);
  if (results === 'timed out') return tooLate;
  return results === undefined ? noDevices : undefined;
}

/** A claim whose devices are in the wrong place and that only this pod wants gets others the next time. */
function giveBack({ pod: { pod, requests }, table, refusals, preFilterOf }: PostFilterInput): PostFilterResult {
  // As users know it: what preFilter had noted is not found.
  if (preFilterOf(name) === 'not asked') return { message: 'not found', failed: true };
  if (preFilterOf(name) === 'refused') return { message: 'no new claims to deallocate' };
  const left = staleClaim(pod, table.devices);
  if (left !== undefined && table.live.some((row) => refusals.get(row) === stale)) {
    return { message: 'deletion of ResourceClaim completed', act: (client) => deleteClaim(client, left) };
  }
  if ((pod.spec.resourceClaims ?? []).length === 0 && servedByDevices(requests, table.devices).length === 0) {
    return { message: 'no new claims to deallocate' };
  }
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
