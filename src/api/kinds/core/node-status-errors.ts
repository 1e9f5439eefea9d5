/** What a node says of itself: the features it declares, its swap space, and where its settings come from. */
import { duplicate, invalid, requiredField, type FieldError } from '../../field-error.ts';
import type { ConfigMapNodeConfigSource, Node, NodeConfigSource } from '../../groups/core.v1.ts';
import { dnsLabelErrors, dnsSubdomainErrors } from '../../name-rules.ts';
import { configKeyErrors } from '../../names.ts';

const maxFeatureName = 253;
const featureName = /^[A-Z][a-zA-Z0-9]*(\/[a-zA-Z][a-zA-Z0-9]*)*$/;

/** The original names the metadata, though it stands in the status. */
export function swapErrors({ status }: Node): readonly FieldError[] {
  const capacity = status.nodeInfo?.swap?.capacity;
  return capacity != null && capacity <= 0
    ? [invalid('metadata.nodeSwapStatus.capacity', capacity, 'must be greater than zero')]
    : [];
}

/** Each name is one of a feature, and they stand in order, each once. */
export function declaredFeatureErrors({ status }: Node): readonly FieldError[] {
  const features = status.declaredFeatures ?? [];
  const at = (index: number): string => `status.declaredFeatures[${index}]`;
  return features.flatMap((feature, index) => {
    const problem = featureNameProblem(feature);
    const next = features[index + 1];
    return [
      ...(problem === undefined ? [] : [invalid(at(index), feature, problem)]),
      ...(feature === next ? [duplicate(at(index + 1), next)] : []),
      ...(next !== undefined && feature > next
        ? [invalid(at(index + 1), next, 'list must be sorted alphabetically')]
        : []),
    ];
  });
}

function featureNameProblem(name: string): string | undefined {
  const start = `invalid feature name ${JSON.stringify(name)}: must`;
  if (Buffer.byteLength(name) > maxFeatureName) return `${start} be no more than ${maxFeatureName} characters`;
  if (featureName.test(name)) return undefined;
  return (
    `${start} start with an UpperCamelCase segment, with subsequent segments separated by '/' ` +
    '(e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes'
  );
}

/** Kubelets no longer take their settings from the cluster; what a status says of it is checked all the same. */
export function configStatusErrors({ status }: Node): readonly FieldError[] {
  const { assigned, active, lastKnownGood } = status.config ?? {};
  return Object.entries({ assigned, active, lastKnownGood }).flatMap(([name, source]) =>
    source == null ? [] : sourceErrors(source, `status.config.${name}`),
  );
}

function sourceErrors({ configMap }: NodeConfigSource, field: string): readonly FieldError[] {
  return configMap == null
    ? [invalid(field, { ConfigMap: null }, 'exactly one reference subfield must be non-nil')]
    : configMapErrors(configMap, `${field}.configMap`);
}

function configMapErrors(source: ConfigMapNodeConfigSource, field: string): readonly FieldError[] {
  const wanted = (name: keyof ConfigMapNodeConfigSource, check: (value: string) => readonly string[]): FieldError[] => {
    const value = source[name] ?? '';
    if (value === '') return [requiredField(`${field}.${name}`)];
    return check(value).map((text) => invalid(`${field}.${name}`, value, text));
  };
  const anything = (): readonly string[] => [];
  return [
    ...wanted('uid', anything),
    ...wanted('resourceVersion', anything),
    ...wanted('namespace', dnsLabelErrors),
    ...wanted('name', dnsSubdomainErrors),
    ...wanted('kubeletConfigKey', configKeyErrors),
  ];
}
