/** The object that lists a node's CSI drivers. Drivers' registrars and schedulers look for it, also where there is none yet. */
import { isApiError } from '../../api/api-error.ts';
import type { Node } from '../../api/groups/core.v1.ts';
import { CSINodes, Nodes } from '../../api/resources.ts';
import type { Client } from '../../client/client.ts';

/** Makes it if it is missing; it goes with the node. */
export async function ensureCsiNode(client: Client, { metadata }: Node): Promise<void> {
  const { name, uid } = metadata;
  const found = await client.find(CSINodes, { name });
  const owner = { apiVersion: Nodes.apiVersion, kind: Nodes.kind.kind, name, uid };
  if (found?.metadata.ownerReferences?.some((reference) => reference.uid === uid) === true) return;
  if (found !== undefined) {
    // Of a node that had the same name: it is about to be collected, with drivers that are gone.
    await client.update(CSINodes, { ...found, metadata: { ...found.metadata, ownerReferences: [owner] } });
    return;
  }
  try {
    await client.create(CSINodes, { metadata: { name, ownerReferences: [owner] }, spec: { drivers: [] } });
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists')) throw error;
  }
}
