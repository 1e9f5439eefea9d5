/**
 * The objects of a request as webhooks and policies see them: plain JSON, in the version that they ask for. What they make
 * of the object goes back into the request's draft.
 */
import { decode } from '../../api/codec/decode.ts';
import { applyDefaults } from '../../api/defaults.ts';
import type { Draft } from '../../api/descriptor.ts';
import { samePlain } from '../../api/equality.ts';
import type { KubeObject } from '../../api/kind.ts';
import { splitApiVersion, type GroupVersionKind } from '../../api/message.ts';
import type { JsonObject } from '../../api/schema.ts';
import { settled } from '../registry/conversion-pending.ts';
import type { Served } from '../registry/served.ts';
import type { Admitted } from './admission.ts';

export interface ShownObjects {
  readonly object: JsonObject | null;
  readonly oldObject: JsonObject | null;
}

/** The kind of the request's object: the resource's, or that of the subresource's body. */
export function shownKind({ resource, type }: Served, subresource: string): GroupVersionKind {
  const { kind, apiVersion = '' } = resource.subresources[subresource] ?? {};
  if (kind === undefined) return { group: type.group, version: type.version, kind: type.kind };
  return { ...splitApiVersion(apiVersion), kind };
}

export async function showObjects(request: Admitted, as: Served): Promise<ShownObjects> {
  const { object, old } = request;
  return {
    object: object === undefined ? null : await show(request, as, object),
    oldObject: old === undefined ? null : await show(request, as, old),
  };
}

/** The subresource is the resource itself through another door. */
function isWhole({ served, subresource }: Admitted): boolean {
  return served.resource.subresources[subresource]?.kind === undefined;
}

async function show(request: Admitted, as: Served, object: object): Promise<JsonObject> {
  const { served } = request;
  if (!isWhole(request)) return plain(object);
  const own = decode(served.type, plain(object)).value as KubeObject;
  return as === served ? (own as unknown as JsonObject) : convert(own, served, as);
}

const plain = (object: object): JsonObject => JSON.parse(JSON.stringify(object)) as JsonObject;

async function convert(object: KubeObject, from: Served, to: Served): Promise<JsonObject> {
  const stored = await settled(() => from.conversion?.toStored(object) ?? object);
  return plain(await settled(() => to.conversion?.toServed(stored) ?? stored));
}

/** Puts a changed object, as it was shown, into the request. Answers whether that made a difference. */
export async function takeObject(request: Admitted, as: Served, changed: JsonObject): Promise<boolean> {
  const { served, object: draft } = request;
  if (draft === undefined) return false;
  const before = plain(draft);
  let after: object = changed;
  if (isWhole(request)) {
    after = decode(as.type, changed, { keepEmpty: true }).value as object;
    applyDefaults(as.type, after);
    as.descriptor.defaults?.(after as Draft<KubeObject>);
    if (as !== served) after = await convert(after as KubeObject, as, served);
  }
  if (samePlain(before, plain(after))) return false;
  for (const field of Object.keys(draft)) delete (draft as unknown as Record<string, unknown>)[field];
  Object.assign(draft, after);
  return true;
}
