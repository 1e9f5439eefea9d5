/**
 * NodeRestriction: a kubelet changes its own node, its own pods and what hangs on them, nothing of another node. Labels
 * that say where workloads may run are not the node's to set.
 * https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
 */
import { samePlain } from '../../api/equality.ts';
import type { TokenRequest } from '../../api/groups/authentication.v1.ts';
import type { Node, PersistentVolumeClaim, Pod } from '../../api/groups/core.v1.ts';
import { CSINodes, Leases, Nodes, PersistentVolumeClaims, Pods, ServiceAccounts } from '../../api/resources.ts';
import { storageKey, type Served } from '../registry/served.ts';
import { notFoundError } from '../verbs/target.ts';
import type { AdmissionPlugin, Admitted } from './admission.ts';
import { refersToSecrets } from './pod-secrets.ts';
import { refusal } from './refusal.ts';

const userPrefix = 'system:node:';
const mirrorAnnotation = 'kubernetes.io/config.mirror';
const leaseNamespace = 'kube-node-lease';
const kubeletLabels = new Set([
  'kubernetes.io/hostname',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'node.kubernetes.io/instance-type',
  'beta.kubernetes.io/instance-type',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
]);
const kubeletLabelDomains = ['kubelet.kubernetes.io', 'node.kubernetes.io'];

interface Asked extends Admitted {
  readonly nodeName: string;
}

/** Answers why the write is refused; undefined when it is allowed. */
type Rule = (request: Asked, pods: Served, nodes: Served) => string | undefined;

export function createNodeRestriction(pods: Served, nodes: Served): AdmissionPlugin {
  return {
    name: 'NodeRestriction',
    mutate(request) {
      const { name, groups } = request.user;
      if (!name.startsWith(userPrefix) || !groups.includes('system:nodes')) return;
      const asked: Asked = { ...request, nodeName: name.slice(userPrefix.length) };
      return checkNode(asked, pods, nodes);
    },
  };
}

async function checkNode(asked: Asked, pods: Served, nodes: Served): Promise<void> {
  await nodes.cache.ready();
  const why = ruleOf(asked)(asked, pods, nodes);
  if (why !== undefined) throw refusal(asked, why);
}

function ruleOf({ served, subresource }: Admitted): Rule {
  switch (served.resource) {
    case Pods:
      return (
        podRules[subresource] ??
        ((): string =>
          `unexpected pod subresource ${JSON.stringify(subresource)}, only 'status' and 'eviction' are allowed`)
      );
    case Nodes:
      return aboutNode;
    case PersistentVolumeClaims:
      return subresource === 'status' ? aboutClaimStatus : (): string => 'may only update PVC status';
    case ServiceAccounts:
      return subresource === 'token' ? aboutToken : allowed;
    case Leases:
      return aboutLease;
    case CSINodes:
      return ({ name, nodeName }) =>
        name === nodeName ? undefined : 'can only access CSINode with the same name as the requesting node';
    default:
      return allowed;
  }
}

const allowed: Rule = () => undefined;

const podRules: Readonly<Record<string, Rule>> = {
  '': (request, pods, nodes) => {
    const { operation, nodeName } = request;
    const who = `node ${JSON.stringify(nodeName)}`;
    if (operation === 'CREATE') return whyNotCreated(request, nodes);
    if (operation !== 'DELETE') {
      return `unexpected operation ${JSON.stringify(operation)}, ${who} can only create and delete mirror pods`;
    }
    const own = podOf(request, pods, request.name)?.spec.nodeName === nodeName;
    return own ? undefined : `${who} can only delete pods with spec.nodeName set to itself`;
  },
  status: ({ operation, nodeName, object, old }) => {
    const who = `node ${JSON.stringify(nodeName)}`;
    if (operation !== 'UPDATE') return `unexpected operation ${JSON.stringify(operation)}`;
    const [now, before] = [object as unknown as Pod, old as unknown as Pod];
    if (before.spec.nodeName !== nodeName) {
      return `${who} can only update pod status for pods with spec.nodeName set to itself`;
    }
    const sameLabels = samePlain(now.metadata.labels ?? {}, before.metadata.labels ?? {});
    return sameLabels ? undefined : `${who} cannot update labels through pod status`;
  },
  eviction: (request, pods) => {
    const own = podOf(request, pods, request.name)?.spec.nodeName === request.nodeName;
    return own ? undefined : `node ${request.nodeName} can only evict pods with spec.nodeName set to itself`;
  },
};

function whyNotCreated({ object, nodeName }: Asked, nodes: Served): string | undefined {
  const { metadata, spec } = object as unknown as Pod;
  const who = `node ${JSON.stringify(nodeName)}`;
  if (metadata.annotations?.[mirrorAnnotation] === undefined) {
    return `pod does not have ${JSON.stringify(mirrorAnnotation)} annotation, ${who} can only create mirror pods`;
  }
  if (spec.nodeName !== nodeName) return `${who} can only create pods with spec.nodeName set to itself`;
  const owners = metadata.ownerReferences ?? [];
  const [owner] = owners;
  if (owners.length > 1) return `${who} can only create pods with a single owner reference set to itself`;
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== nodeName) {
    return `${who} can only create pods with an owner reference set to itself`;
  }
  if (owner.controller !== true) {
    return `${who} can only create pods with a controller owner reference set to itself`;
  }
  if (owner.blockOwnerDeletion === true) return `${who} must not set blockOwnerDeletion on an owner reference`;
  const node = nodes.cache.get(storageKey(nodes, undefined, nodeName));
  if (node === undefined) throw notFoundError(nodes, nodeName);
  const { uid } = node.object.metadata;
  if (owner.uid !== uid) return `node ${nodeName} UID mismatch: expected ${owner.uid} got ${uid}`;
  if ((spec.serviceAccountName ?? '') !== '') return `${who} can not create pods that reference a service account`;
  if (refersToSecrets(spec)) return `${who} can not create pods that reference secrets`;
  if (refersToConfigMaps(spec)) return `${who} can not create pods that reference configmaps`;
  return (spec.volumes ?? []).some(({ persistentVolumeClaim }) => persistentVolumeClaim !== undefined)
    ? `${who} can not create pods that reference persistentvolumeclaims`
    : undefined;
}

function refersToConfigMaps({ containers, initContainers, volumes }: Pod['spec']): boolean {
  const all = [...containers, ...(initContainers ?? [])];
  const sources = (volumes ?? []).flatMap(({ projected }) => projected?.sources ?? []);
  return (
    all.some(({ env }) => (env ?? []).some(({ valueFrom }) => valueFrom?.configMapKeyRef !== undefined)) ||
    all.some(({ envFrom }) => (envFrom ?? []).some(({ configMapRef }) => configMapRef !== undefined)) ||
    (volumes ?? []).some(({ configMap }) => configMap !== undefined) ||
    sources.some(({ configMap }) => configMap !== undefined)
  );
}

const aboutNode: Rule = ({ operation, name, nodeName, object, old }) => {
  const who = `node ${JSON.stringify(nodeName)}`;
  if (name !== nodeName) return `${who} is not allowed to modify node ${JSON.stringify(name)}`;
  if (operation !== 'CREATE' && operation !== 'UPDATE') return undefined;
  const now = object as unknown as Node;
  const before = old as unknown as Node | undefined;
  if (before !== undefined && !samePlain(now.spec.taints ?? [], before.spec.taints ?? [])) {
    return `${who} is not allowed to modify taints`;
  }
  const labels = forbiddenLabels(now.metadata.labels ?? {}, before?.metadata.labels ?? {}).join(', ');
  if (labels === '') return undefined;
  return before === undefined
    ? `${who} is not allowed to set the following labels: ${labels}`
    : `is not allowed to modify labels: ${labels}`;
};

/** Labels that changed and are not a kubelet's to change, sorted. */
function forbiddenLabels(now: Readonly<Record<string, string>>, before: Readonly<Record<string, string>>): string[] {
  const within = (domain: string, parent: string): boolean => domain === parent || domain.endsWith(`.${parent}`);
  const changed = Object.keys({ ...now, ...before }).filter((key) => now[key] !== before[key]);
  return changed.toSorted().filter((key) => {
    const domain = key.includes('/') ? (key.split('/')[0] ?? '') : '';
    if (within(domain, 'node-restriction.kubernetes.io')) return true;
    if (!within(domain, 'kubernetes.io') && !within(domain, 'k8s.io')) return false;
    return !kubeletLabels.has(key) && !kubeletLabelDomains.some((one) => within(domain, one));
  });
}

const aboutClaimStatus: Rule = ({ operation, nodeName, object, old }) => {
  if (operation !== 'UPDATE') return `unexpected operation ${JSON.stringify(operation)}`;
  const kept = (claim: PersistentVolumeClaim): object => {
    const { resourceVersion: _, managedFields: __, ...metadata } = claim.metadata;
    const { capacity: ___, conditions: ____, ...status } = claim.status;
    return JSON.parse(JSON.stringify({ ...claim, metadata, status })) as object;
  };
  const same = samePlain(
    kept(object as unknown as PersistentVolumeClaim),
    kept(old as unknown as PersistentVolumeClaim),
  );
  const who = `node ${JSON.stringify(nodeName)}`;
  return same ? undefined : `${who} is not allowed to update fields other than status.capacity and status.conditions`;
};

const aboutToken: Rule = (request, pods) => {
  if (request.operation !== 'CREATE') return undefined;
  const { boundObjectRef: bound } = (request.object as unknown as TokenRequest).spec;
  if (bound?.apiVersion !== 'v1' || bound.kind !== 'Pod' || (bound.name ?? '') === '') {
    return 'node requested token not bound to a pod';
  }
  if ((bound.uid ?? '') === '') return 'node requested token with a pod binding without a uid';
  const pod = podOf(request, pods, bound.name ?? '');
  if (pod === undefined) throw notFoundError(pods, bound.name ?? '');
  if (pod.metadata.uid !== bound.uid) {
    const uids = `the UID in the bound object reference (${bound.uid}) does not match the UID in record (${pod.metadata.uid})`;
    return `${uids}. The object might have been deleted and then recreated`;
  }
  return pod.spec.nodeName === request.nodeName
    ? undefined
    : 'node requested token bound to a pod scheduled on a different node';
};

const aboutLease: Rule = ({ namespace, name, nodeName }) => {
  if (namespace !== leaseNamespace) {
    return `can only access leases in the ${JSON.stringify(leaseNamespace)} system namespace`;
  }
  return name === nodeName ? undefined : 'can only access node lease with the same name as the requesting node';
};

const podOf = ({ namespace }: Asked, pods: Served, name: string): Pod | undefined =>
  pods.cache.get(storageKey(pods, namespace, name))?.object as unknown as Pod | undefined;
