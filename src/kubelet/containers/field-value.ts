/** What a fieldRef or a resourceFieldRef stands for: in variables and in downward API volumes. */
import type { Container, Pod, ResourceFieldSelector } from '../../api/groups/core.v1.ts';
import { parseQuantity } from '../../api/quantity.ts';

export interface FieldFacts {
  readonly pod: Pod;
  readonly nodeName: string;
  readonly nodeIps: readonly string[];
  readonly podIps: readonly string[];
  /** Limits of a container that sets none. */
  readonly allocatable: Readonly<Record<string, string>>;
}

/** Undefined for a path that names no field. */
export function fieldValue(path: string, facts: FieldFacts): string | undefined {
  const { metadata, spec } = facts.pod;
  const subscript = /^(metadata\.labels|metadata\.annotations)\['(.*)'\]$/.exec(path);
  if (subscript !== null) {
    const [, map, key = ''] = subscript;
    return (map === 'metadata.labels' ? metadata.labels : metadata.annotations)?.[key] ?? '';
  }
  const [podIp = '', nodeIp = ''] = [facts.podIps[0], facts.nodeIps[0]];
  const values: Readonly<Record<string, string>> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'metadata.labels': printMap(metadata.labels),
    'metadata.annotations': printMap(metadata.annotations),
    'spec.nodeName': spec.nodeName ?? facts.nodeName,
    'spec.serviceAccountName': spec.serviceAccountName ?? '',
    'status.hostIP': nodeIp,
    'status.hostIPs': facts.nodeIps.join(','),
    'status.podIP': podIp,
    'status.podIPs': facts.podIps.join(','),
  };
  return values[path];
}

/** One `key="value"` a line, sorted. */
function printMap(map: Readonly<Record<string, string>> = {}): string {
  return Object.keys(map)
    .toSorted()
    .map((key) => `${key}=${JSON.stringify(map[key])}`)
    .join('\n');
}

/** `container`: the one that is meant where the selector names none. */
export function resourceFieldValue(
  selector: ResourceFieldSelector,
  container: Container | undefined,
  facts: FieldFacts,
): string | undefined {
  const { pod, allocatable } = facts;
  const { containerName = '', resource } = selector;
  const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const meant = containerName === '' ? container : all.find(({ name }) => name === containerName);
  const [kind, name = ''] = [resource.slice(0, resource.indexOf('.')), resource.slice(resource.indexOf('.') + 1)];
  if (meant === undefined || (kind !== 'limits' && kind !== 'requests')) return undefined;
  const { limits = {}, requests = {} } = meant.resources;
  const text = kind === 'limits' ? (limits[name] ?? allocatable[name]) : (requests[name] ?? limits[name]);
  const divisorText = selector.divisor === '' || selector.divisor === '0' ? '1' : selector.divisor;
  const [value, divisor] = [parseQuantity(text ?? '0').nanos, parseQuantity(divisorText ?? '1').nanos];
  return String((value + divisor - 1n) / divisor);
}
