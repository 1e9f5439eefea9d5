/** Which features are on, of those that can be switched. All others of this version of Kubernetes are as they are by default. */
import type { AnyResource } from '../../api/resource.ts';
import { optionalResources } from '../../api/resources.ts';
import type { Registry } from '../../base/metrics.ts';

export function registerFeatures(registry: Registry, switchedOn: readonly AnyResource[]): void {
  const features = registry.gauge({
    name: 'kubernetes_feature_enabled',
    help: 'Features that can be switched: 1 where they are on',
    labels: ['name', 'stage'],
  });
  for (const { resource, gate } of optionalResources) {
    const stage = resource.version.includes('alpha') ? 'ALPHA' : resource.version.includes('beta') ? 'BETA' : '';
    features.of(gate, stage).set(switchedOn.includes(resource) ? 1 : 0);
  }
}
