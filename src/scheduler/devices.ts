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
  classes(): readonly DeviceClass[];
}

const noSource: DeviceSource = {
  claim: () => undefined,
  claims: () => [],
  slices: () => [],
  deviceClass: () => undefined,
  classes: () => [],
};

/** Every device class stands for the extended resource of this prefix and its name. */
export const implicitPrefix = 'deviceclass.resource.kubernetes.io/';

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
    if (this.#assumed.size === 0) return known;
    const current = known.map((claim) => this.#current(claim));
    const shown = new Set(known.map(({ metadata }) => metadata.uid));
    for (const [uid, claim] of this.#assumed) if (!shown.has(uid)) current.push(claim);
    return current;
  }

  slices(): readonly ResourceSlice[] {
    return this.#source.slices();
  }

  deviceClass(name: string): DeviceClass | undefined {
    return this.#source.deviceClass(name);
  }

  classes(): readonly DeviceClass[] {
    return this.#source.classes();
  }

  /** The class whose devices serve an extended resource; of several the youngest, then the first by name. */
  classOf(resource: string): DeviceClass | undefined {
    if (resource.startsWith(implicitPrefix)) return this.deviceClass(resource.slice(implicitPrefix.length));
    let found: DeviceClass | undefined;
    for (const each of this.#source.classes()) {
      if (each.spec.extendedResourceName === resource && (found === undefined || isPreferred(each, found)))
        found = each;
    }
    return found;
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

function isPreferred({ metadata: a }: DeviceClass, { metadata: b }: DeviceClass): boolean {
  const [since = '', other = ''] = [a.creationTimestamp, b.creationTimestamp];
  return since > other || (since === other && a.name < b.name);
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
    classes: () => classes.list(),
  };
}
