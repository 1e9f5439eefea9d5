/** A null that the schema does not allow, and that no default replaces, counts as not given. */
import type { JSONSchemaProps } from '../../api/groups/apiextensions.v1.ts';

/** Takes them out in place. */
export function pruneNulls(schema: JSONSchemaProps, draft: unknown): void {
  if (typeof draft !== 'object' || draft === null) return;
  if (Array.isArray(draft)) {
    const item = schema.items as JSONSchemaProps | undefined;
    if (item !== undefined) for (const each of draft) pruneNulls(item, each);
    return;
  }
  const { properties = {}, additionalProperties } = schema;
  const members = draft as Record<string, unknown>;
  for (const [name, value] of Object.entries(members)) {
    const declared = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const type = declared ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
    if (type === undefined) continue;
    if (value === null && type.nullable !== true) delete members[name];
    else pruneNulls(type, value);
  }
}
