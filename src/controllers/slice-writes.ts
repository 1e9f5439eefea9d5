/** Carries out what was planned for endpoint slices. What has gone meanwhile was to go. */
import { isApiError } from '../api/api-error.ts';
import { EndpointSlices } from '../api/resources.ts';
import type { Client } from '../client/client.ts';
import type { SlicePlan } from './slice-groups.ts';

/** @throws ApiError */
export async function writeSlices(client: Client, plan: SlicePlan): Promise<void> {
  for (const slice of plan.create) await client.create(EndpointSlices, slice);
  for (const slice of plan.update) await client.update(EndpointSlices, slice);
  for (const { metadata } of plan.remove) {
    try {
      await client.delete(EndpointSlices, metadata, { uid: metadata.uid });
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error;
    }
  }
}
