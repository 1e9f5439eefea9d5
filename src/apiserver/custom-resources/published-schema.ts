/** The schema of a custom resource as OpenAPI documents show it: as it was declared, with what every object has. */
import type { JSONSchemaProps } from '../../api/groups/apiextensions.v1.ts';
import { ObjectMeta } from '../../api/groups/meta.v1.ts';
import type { GroupVersionKind } from '../../api/message.ts';
import type { JsonObject } from '../../api/schema.ts';

const text = { type: 'string' };

export function publishedSchema({ group, version, kind }: GroupVersionKind, schema: JSONSchemaProps): JsonObject {
  const declared = schema as unknown as JsonObject;
  const properties = {
    ...(schema.properties as unknown as JsonObject | undefined),
    apiVersion: text,
    kind: text,
    metadata: { allOf: [{ $ref: `#/components/schemas/${ObjectMeta.name}` }] },
  };
  return {
    type: 'object',
    ...declared,
    properties,
    'x-kubernetes-group-version-kind': [{ group, version, kind }],
  };
}
