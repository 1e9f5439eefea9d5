/** Objects in the other versions of their kind: managers own fields of the version that they wrote in. */
import type { Convert } from '../../api/apply/ownership.ts';
import { decode } from '../../api/codec/decode.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { JsonObject } from '../../api/schema.ts';
import type { Api } from '../api.ts';
import type { Served } from '../registry/served.ts';

/** Shows objects of a resource in its other versions; undefined for versions that are not served. */
export function versionConverter(api: Api, { type, resource }: Served): Convert {
  const find = (apiVersion: unknown): Served | undefined =>
    api.resources
      .all()
      .find((other) => other.resource.plural === resource.plural && other.type.apiVersion === apiVersion);
  return (object, apiVersion) => {
    const from = find(object['apiVersion'] ?? type.apiVersion);
    const to = find(apiVersion);
    if (from === undefined || to === undefined || to.type.kind !== type.kind) return undefined;
    if (from === to) return { type: to.type, object };
    const whole = decode(from.type, object).value as KubeObject;
    const stored = from.conversion?.toStored(whole) ?? whole;
    const shown = to.conversion?.toServed(stored) ?? stored;
    return { type: to.type, object: shown as unknown as JsonObject };
  };
}
