/** What stands in the metadata of a list. */
import type { JsonObject } from '../../api/schema.ts';
import type { Served } from '../registry/served.ts';
import type { ListAnswer } from '../request.ts';

/** Lists of custom resources always carry the field by which they continue. */
export const listOfObjectsMetadata = (served: Served, list: ListAnswer): JsonObject => ({
  ...(served.itemsCarryType ? { continue: '' } : {}),
  ...listMetadata(list),
});

export function listMetadata(list: ListAnswer): JsonObject {
  return {
    resourceVersion: list.resourceVersion,
    ...(list.continue === undefined ? {} : { continue: list.continue }),
    ...(list.remainingItemCount === undefined ? {} : { remainingItemCount: list.remainingItemCount }),
  };
}
