/**
 * The texts of `kubectl explain`. They stand apart from the declarations because only the printed OpenAPI documents need
 * them: they are loaded with the printer, not when the server starts.
 */
import type { ObjectType } from '../schema.ts';
import { appsDescriptions } from './descriptions/apps.ts';
import { autoscalingDescriptions } from './descriptions/autoscaling.ts';
import { batchDescriptions } from './descriptions/batch.ts';
import { configDescriptions } from './descriptions/config.ts';
import { containerDescriptions } from './descriptions/container.ts';
import { customResourceDescriptions } from './descriptions/custom-resource.ts';
import { metaDescriptions } from './descriptions/meta.ts';
import { networkingDescriptions } from './descriptions/networking.ts';
import { nodeDescriptions } from './descriptions/node.ts';
import { placementDescriptions } from './descriptions/placement.ts';
import { podDescriptions } from './descriptions/pod.ts';
import { policyDescriptions } from './descriptions/policy.ts';
import { securityDescriptions } from './descriptions/security.ts';
import { serviceDescriptions } from './descriptions/service.ts';
import type { Descriptions } from './descriptions/table.ts';
import { volumeDescriptions } from './descriptions/volume.ts';

export const descriptions: Descriptions = {
  ...metaDescriptions,
  ...podDescriptions,
  ...containerDescriptions,
  ...securityDescriptions,
  ...placementDescriptions,
  ...volumeDescriptions,
  ...serviceDescriptions,
  ...nodeDescriptions,
  ...configDescriptions,
  ...appsDescriptions,
  ...batchDescriptions,
  ...networkingDescriptions,
  ...autoscalingDescriptions,
  ...policyDescriptions,
  ...customResourceDescriptions,
};

/** Fields that all kinds have. */
const kindFields: Readonly<Record<string, string>> = {
  apiVersion: 'Group and version that the object is written in, such as apps/v1; v1 for the core group.',
  kind: 'What the object is, in CamelCase, such as Pod.',
  metadata: 'Name, namespace, labels, annotations, owners.',
  items: 'The objects of the list.',
};

/** What a type is for; undefined where nobody wrote it down. */
export function describeType(typeName: string): string | undefined {
  return descriptions[typeName]?.[''];
}

/** What a field does. */
export function describeField(type: ObjectType, field: string): string | undefined {
  const isKind = type.fields['apiVersion']?.number === 0 && type.fields['metadata'] !== undefined;
  return (
    descriptions[type.name]?.[field] ?? (isKind && Object.hasOwn(kindFields, field) ? kindFields[field] : undefined)
  );
}
