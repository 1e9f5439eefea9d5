/** Names that a server may come to keep for webhooks and policies which it reads from files at its start. */
import type { Warning } from '../../descriptor.ts';
import type { KubeObject } from '../../kind.ts';

const suffix = '.static.k8s.io';

export function staticNameWarnings({ metadata }: Pick<KubeObject, 'metadata'>): readonly Warning[] {
  if (metadata.name?.endsWith(suffix) !== true) return [];
  return [
    `metadata.name: names ending with ${JSON.stringify(suffix)} will be reserved for static manifest-based configurations when the ManifestBasedAdmissionControlConfig feature gate is enabled`,
  ];
}
