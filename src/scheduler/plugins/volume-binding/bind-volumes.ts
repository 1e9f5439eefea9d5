/** Carries out what was chosen for a pod's claims: first in memory, then through the API, then it waits. */
import type { Node, PersistentVolume, PersistentVolumeClaim } from '../../../api/groups/core.v1.ts';
import { referenceTo } from '../../../api/objects/object-reference.ts';
import { PersistentVolumeClaims, PersistentVolumes } from '../../../api/resources.ts';
import type { BindContext } from '../../framework.ts';
import type { Volumes, VolumeSource } from '../../volumes.ts';
import { isFullyBound, reaches, selectedNodeAnnotation, type Choice } from './choose-volumes.ts';

export interface AssumedChoice {
  /** Volumes that bear their claim's name from now on. */
  readonly matches: readonly { readonly claim: PersistentVolumeClaim; readonly volume: PersistentVolume }[];
  /** Claims that bear the node's name, for their provisioner to see. */
  readonly provisions: readonly PersistentVolumeClaim[];
}

const boundByControllerAnnotation = 'pv.kubernetes.io/bound-by-controller';

export function assumeChoice(
  choice: Extract<Choice, { type: 'possible' }>,
  volumes: Volumes,
  nodeName: string,
): { readonly made: AssumedChoice; readonly undo: () => void } {
  const matches = choice.matches.map(({ claim, volume }) => ({ claim, volume: boundTo(volume, claim) }));
  const provisions = choice.provisions.map((claim) => selecting(claim, nodeName));
  for (const { volume } of matches) volumes.assumeVolume(volume);
  for (const claim of provisions) volumes.assumeClaim(claim);
  const undo = (): void => {
    for (const { volume } of matches) volumes.forgetVolume(volume);
    for (const claim of provisions) volumes.forgetClaim(claim);
  };
  return { made: { matches, provisions }, undo };
}

/**
 * Writes the choice and resolves when all its claims are bound.
 * @throws when a claim was refused meanwhile, its volume is out of the node's reach, or the time is over
 */
export async function bindVolumes(context: BindContext, made: AssumedChoice, timeoutMs: number): Promise<void> {
  const { client, nodeName, table, clock, signal } = context;
  const matches: { readonly claim: PersistentVolumeClaim; readonly volume: PersistentVolume }[] = [];
  for (const { claim, volume } of made.matches) {
    matches.push({ claim, volume: await client.update(PersistentVolumes, volume) });
  }
  const provisions: PersistentVolumeClaim[] = [];
  for (const claim of made.provisions) provisions.push(await client.update(PersistentVolumeClaims, claim));
  const written = { matches, provisions };
  const row = table.row(nodeName);
  const node = row === undefined ? undefined : table.node(row);
  if (node === undefined) throw new Error(`failed to get node "${nodeName}": node "${nodeName}" not found`);
  const { source } = table.volumes;
  await new Promise<void>((resolve, reject) => {
    const end = (error?: Error): void => {
      stopListening();
      cancelTimeout();
      signal.removeEventListener('abort', onAbort);
      if (error === undefined) resolve();
      else reject(error);
    };
    const look = (): void => {
      const state = stateOf(written, source, node);
      if (state !== 'pending') end(state === 'bound' ? undefined : state);
    };
    const onAbort = (): void => end(new Error('binding volumes: context canceled'));
    const cancelTimeout = clock.after(timeoutMs, () => end(new Error('binding volumes: context deadline exceeded')));
    const stopListening = source.onChange(look);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    else look();
  });
}

function stateOf(
  { matches, provisions }: AssumedChoice,
  source: VolumeSource,
  node: Node,
): 'bound' | 'pending' | Error {
  for (const { claim, volume } of matches) {
    const seen = source.volume(volume.metadata.name);
    const seenClaim = source.claim(claim.metadata.namespace, claim.metadata.name);
    if (seen === undefined || seenClaim === undefined) {
      const what = seen === undefined ? `pv "${volume.metadata.name}"` : `pvc "${claim.metadata.name}"`;
      return new Error(`binding volumes: failed to check binding: could not find ${what}`);
    }
    if (isOlder(seen, volume)) return 'pending';
    if (!reaches(seen, node)) return outOfReach(seen, node);
    if ((seen.spec.claimRef?.uid ?? '') === '') {
      return new Error(`binding volumes: ClaimRef got reset for pv "${seen.metadata.name}"`);
    }
    if (!isFullyBound(seenClaim)) return 'pending';
  }
  for (const claim of provisions) {
    const state = stateOfProvision(claim, source, node);
    if (state !== 'bound') return state;
  }
  return 'bound';
}

function stateOfProvision(claim: PersistentVolumeClaim, source: VolumeSource, node: Node): 'bound' | 'pending' | Error {
  const { namespace, name } = claim.metadata;
  const seen = source.claim(namespace, name);
  if (seen === undefined) {
    return new Error(`binding volumes: failed to check provisioning pvc: could not find pvc "${namespace}/${name}"`);
  }
  if (isOlder(seen, claim)) return 'pending';
  const { annotations } = seen.metadata;
  if (annotations === undefined) return new Error(`binding volumes: selectedNode annotation reset for PVC "${name}"`);
  if (annotations[selectedNodeAnnotation] !== node.metadata.name) {
    return new Error(`binding volumes: provisioning failed for PVC "${name}"`);
  }
  const volume = source.volume(seen.spec.volumeName ?? '');
  if (volume !== undefined && !reaches(volume, node)) return outOfReach(volume, node);
  return volume !== undefined && isFullyBound(seen) ? 'bound' : 'pending';
}

function outOfReach(volume: PersistentVolume, node: Node): Error {
  const names = `pv "${volume.metadata.name}" node affinity doesn't match node "${node.metadata.name}"`;
  return new Error(`binding volumes: ${names}: no matching NodeSelectorTerms`);
}

function isOlder(seen: PersistentVolume | PersistentVolumeClaim, written: typeof seen): boolean {
  return BigInt(seen.metadata.resourceVersion ?? '0') < BigInt(written.metadata.resourceVersion ?? '0');
}

function boundTo(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { claimRef } = volume.spec;
  const annotations = { ...volume.metadata.annotations };
  if (claimRef === undefined) annotations[boundByControllerAnnotation] = 'yes';
  return {
    ...volume,
    metadata: { ...volume.metadata, annotations },
    spec: { ...volume.spec, claimRef: referenceTo(claim) },
  };
}

function selecting(claim: PersistentVolumeClaim, nodeName: string): PersistentVolumeClaim {
  const annotations = { ...claim.metadata.annotations, [selectedNodeAnnotation]: nodeName };
  return { ...claim, metadata: { ...claim.metadata, annotations } };
}
