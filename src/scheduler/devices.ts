/**
 * Devices that nodes have, and claims on them: what the API said, and what was allocated since and is still on its way.
 */
import type { DeviceClass, ResourceClaim, ResourceSlice } from '../api/groups/resource.v1.ts';
import { DeviceClasses, ResourceClaims, ResourceSlices } from '../api/resources.ts';
import type { Informers } from '../client/informer.ts';

export interface DeviceSource {
  claim(namespace: string, name: string): ResourceClaim | undefined;
  claims(): readonly ResourceClaim[];
  slices(): readonly ResourceSlice[];
  deviceClass(name: string): DeviceClass | undefined;
}

const noSource: DeviceSource = {
  claim: () => undefined,
  claims: () => [],
  slices: () => [],
  deviceClass: () => undefined,
};

export class Devices implements DeviceSource {
  readonly #source: DeviceSource;
  /** By uid: claims that were allocated and that the source shows without. */
  readonly #assumed = new Map<string, ResourceClaim>();

  constructor(source: DeviceSource = noSource) {
    this.#source = source;
  }

  claim(namespace: string, name: string): ResourceClaim | undefined {
    const known = this.#source.claim(namespace, name);
    return known === undefined ? undefined : this.#current(known);
  }

  claims(): readonly ResourceClaim[] {
    const known = this.#source.claims();
    return this.#assumed.size === 0 ? known : known.map((claim) => this.#current(claim));
  }

  slices(): readonly ResourceSlice[] {
    return this.#source.slices();
  }

  deviceClass(name: string): DeviceClass | undefined {
    return this.#source.deviceClass(name);
  }

  assume(claim: ResourceClaim): void {
    this.#assumed.set(claim.metadata.uid, claim);
  }

  forget(claim: ResourceClaim): void {
    this.#assumed.delete(claim.metadata.uid);
  }

  #current(known: ResourceClaim): ResourceClaim {
    const { uid } = known.metadata;
    const assumed = this.#assumed.get(uid);
    if (assumed === undefined) return known;
    if (known.status.allocation === undefined) return assumed;
    this.#assumed.delete(uid);
    return known;
  }
}

/** The kinds that `lookUpDevices` reads. */
export const deviceResources = [ResourceClaims, ResourceSlices, DeviceClasses] as const;

export function lookUpDevices(informers: Informers): DeviceSource {
  const claims = informers.of(ResourceClaims);
  const slices = informers.of(ResourceSlices);
  const classes = informers.of(DeviceClasses);
  return {
    claim: (namespace, name) => claims.get(namespace, name),
    claims: () => claims.list(),
    slices: () => slices.list(),
    deviceClass: (name) => classes.get(undefined, name),
  };
}
