/**
 * Which nodes take a pod, told by walking everything for each question: slow and obviously right, to hold the scheduler
 * against. It knows taints, node selectors and affinity, resources, host ports, volumes, rules about other pods and
 * spreading; quantities must be whole numbers, selectors of pods one label `app`, claims bound.
 */
import type {
  Affinity,
  Node,
  NodeSelectorTerm,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodAffinityTerm,
  Taint,
  TopologySpreadConstraint,
} from '../api/groups/core.v1.ts';

export interface ModelWorld {
  readonly nodes: readonly Node[];
  readonly placed: readonly PlacedPod[];
  readonly claims: readonly PersistentVolumeClaim[];
  readonly volumes: readonly PersistentVolume[];
}

export interface PlacedPod {
  readonly pod: Pod;
  readonly nodeName: string;
}

export function takes(pod: Pod, node: Node, world: ModelWorld): boolean {
  const here = podsOn(node, world);
  return (
    toleratesNode(pod, node) &&
    selectsNode(pod, node) &&
    hasRoom(pod, node, here) &&
    here.every((other) => !sharePort(pod, other)) &&
    reachesVolumes(pod, node, world) &&
    likesNeighbours(pod, node, world) &&
    (pod.spec.topologySpreadConstraints ?? []).every((constraint) => staysEven(pod, node, constraint, world))
  );
}

function podsOn(node: Node, { placed }: ModelWorld): readonly Pod[] {
  return placed.filter(({ nodeName }) => nodeName === node.metadata.name).map(({ pod }) => pod);
}

function toleratesNode({ spec: { tolerations = [] } }: Pod, { spec }: Node): boolean {
  const cordon: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
  const taints = [...(spec.taints ?? []), ...(spec.unschedulable === true ? [cordon] : [])];
  return taints
    .filter(({ effect }) => effect !== 'PreferNoSchedule')
    .every(({ key, value = '', effect }) =>
      tolerations.some(
        (toleration) =>
          ['', key].includes(toleration.key ?? '') &&
          ['', effect].includes(toleration.effect ?? '') &&
          (toleration.operator === 'Exists' || ((toleration.value ?? '') === value && toleration.key === key)),
      ),
    );
}

function selectsNode({ spec }: Pod, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return (
    Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value) &&
    (required === undefined || required.nodeSelectorTerms.some((term) => meets(term, labels)))
  );
}

function meets({ matchExpressions = [] }: NodeSelectorTerm, labels: Readonly<Record<string, string>>): boolean {
  if (matchExpressions.length === 0) return false;
  return matchExpressions.every(({ key, operator, values = [] }) => {
    const value = labels[key];
    if (operator === 'In') return value !== undefined && values.includes(value);
    if (operator === 'NotIn') return value === undefined || !values.includes(value);
    if (operator === 'Exists') return value !== undefined;
    if (operator === 'DoesNotExist') return value === undefined;
    return value !== undefined && (operator === 'Gt' ? +value > Number(values[0]) : +value < Number(values[0]));
  });
}

function hasRoom(pod: Pod, { status: { allocatable = {} } }: Node, here: readonly Pod[]): boolean {
  const asked = (of: Pod, name: string): number => Number(of.spec.containers[0]?.resources.requests?.[name] ?? 0);
  const names = Object.keys(pod.spec.containers[0]?.resources.requests ?? {});
  return (
    here.length < Number(allocatable['pods']) &&
    names.every(
      (name) =>
        asked(pod, name) === 0 ||
        here.reduce((sum, other) => sum + asked(other, name), asked(pod, name)) <= Number(allocatable[name] ?? 0),
    )
  );
}

function sharePort(a: Pod, b: Pod): boolean {
  const portsOf = (pod: Pod) => pod.spec.containers.flatMap(({ ports = [] }) => ports);
  return portsOf(a).some((one) => portsOf(b).some((other) => one.hostPort === other.hostPort));
}

function reachesVolumes(pod: Pod, node: Node, { claims, volumes, placed }: ModelWorld): boolean {
  return claimNames(pod).every((name) => {
    const claim = claims.find(({ metadata }) => metadata.name === name);
    const volume = volumes.find(({ metadata }) => metadata.name === claim?.spec.volumeName);
    const required = volume?.spec.nodeAffinity?.required;
    const alone = claim?.spec.accessModes?.includes('ReadWriteOncePod') === true;
    return (
      (required === undefined || required.nodeSelectorTerms.some((term) => meets(term, node.metadata.labels ?? {}))) &&
      !(alone && placed.some((other) => claimNames(other.pod).includes(name)))
    );
  });
}

function claimNames({ spec: { volumes = [] } }: Pod): readonly string[] {
  return volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
}

function likesNeighbours(pod: Pod, node: Node, world: ModelWorld): boolean {
  const placed = world.placed.flatMap((other) => {
    const at = world.nodes.find(({ metadata }) => metadata.name === other.nodeName);
    return at === undefined ? [] : [{ pod: other.pod, node: at }];
  });
  const wanted = termsOf(pod.spec.affinity, 'podAffinity');
  const friends = placed.filter((other) => wanted.every((term) => means(term, other.pod)));
  const isNear = (key: string, other: Node): boolean => {
    const value = node.metadata.labels?.[key];
    return value !== undefined && value === other.metadata.labels?.[key];
  };
  const firstOfGroup =
    wanted.every((term) => means(term, pod)) &&
    !friends.some((other) => wanted.some(({ topologyKey }) => topologyKey in (other.node.metadata.labels ?? {})));
  return (
    wanted.every(
      ({ topologyKey }) =>
        topologyKey in (node.metadata.labels ?? {}) &&
        (firstOfGroup || friends.some((other) => isNear(topologyKey, other.node))),
    ) &&
    termsOf(pod.spec.affinity, 'podAntiAffinity').every(
      (term) => !placed.some((other) => means(term, other.pod) && isNear(term.topologyKey, other.node)),
    ) &&
    placed.every((other) =>
      termsOf(other.pod.spec.affinity, 'podAntiAffinity').every(
        (term) => !(means(term, pod) && isNear(term.topologyKey, other.node)),
      ),
    )
  );
}

function termsOf(affinity: Affinity | undefined, kind: 'podAffinity' | 'podAntiAffinity'): readonly PodAffinityTerm[] {
  return affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
}

function means({ labelSelector }: PodAffinityTerm, { metadata }: Pod): boolean {
  return labelSelector?.matchLabels?.['app'] === metadata.labels?.['app'];
}

function staysEven(
  pod: Pod,
  node: Node,
  { topologyKey, maxSkew, labelSelector }: TopologySpreadConstraint,
  world: ModelWorld,
): boolean {
  const domainOf = (of: Node): string | undefined => of.metadata.labels?.[topologyKey];
  if (domainOf(node) === undefined) return false;
  const keys = (pod.spec.topologySpreadConstraints ?? []).map((constraint) => constraint.topologyKey);
  const counted = world.nodes.filter(
    (other) => keys.every((key) => key in (other.metadata.labels ?? {})) && selectsNode(pod, other),
  );
  const isMeant = ({ metadata }: Pod): boolean => metadata.labels?.['app'] === labelSelector?.matchLabels?.['app'];
  const sizeOf = (domain: string | undefined): number =>
    counted
      .filter((other) => domainOf(other) === domain)
      .reduce((sum, other) => sum + podsOn(other, world).filter(isMeant).length, 0);
  const lowest = Math.min(...counted.map((other) => sizeOf(domainOf(other))));
  return sizeOf(domainOf(node)) + (isMeant(pod) ? 1 : 0) - (counted.length === 0 ? 0 : lowest) <= maxSkew;
}
