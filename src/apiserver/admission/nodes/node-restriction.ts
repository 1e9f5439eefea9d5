/**
 * NodeRestriction: a kubelet changes its own node, its own pods and what hangs on them, nothing of another node. Labels
 * that say where workloads may run are not the node's to set.
 * https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
 */
import { samePlain } from '../../../api/equality.ts';
import type { CertificateSigningRequest } from '../../../api/groups/certificates.v1.ts';
import type { Node, PersistentVolumeClaim, Pod } from '../../../api/groups/core.v1.ts';
import type { Eviction } from '../../../api/groups/policy.v1.ts';
import type { ResourceSlice } from '../../../api/groups/resource.v1.ts';
import {
  CertificateSigningRequests,
  CSINodes,
  Leases,
  Nodes,
  PersistentVolumeClaims,
  Pods,
  ResourceSlices,
  ServiceAccounts,
} from '../../../api/resources.ts';
import type { AdmissionPlugin, Admitted } from '../admission.ts';
import { subjectOf } from '../certificates.ts';
import { refusal } from '../refusal.ts';
import { allowed, nodeText, podOf, type Asked, type NodeWorld, type Rule } from './asked.ts';
import { whyNotCreated } from './mirror-pod.ts';
import { aboutToken } from './node-tokens.ts';

const userPrefix = 'system:node:';
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
const nodeSigners = ['kubernetes.io/kubelet-serving', 'kubernetes.io/kube-apiserver-client-kubelet'];
const kubeletLabelDomains = ['kubelet.kubernetes.io', 'node.kubernetes.io'];

export function createNodeRestriction(world: NodeWorld): AdmissionPlugin {
  return {
    name: 'NodeRestriction',
    mutate(request) {
      const { name, groups } = request.user;
      if (!name.startsWith(userPrefix) || !groups.includes('system:nodes')) return;
      const asked: Asked = { ...request, nodeName: name.slice(userPrefix.length) };
      return checkNode(asked, world);
    },
  };
}

async function checkNode(asked: Asked, world: NodeWorld): Promise<void> {
  await Promise.all([world.pods.cache.ready(), world.nodes.cache.ready()]);
  const known = asked.nodeName !== '';
  const why = known
    ? await ruleOf(asked)(asked, world)
    : `could not determine node from user ${JSON.stringify(asked.user.name)}`;
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
    case ResourceSlices:
      return aboutSlice;
    case CertificateSigningRequests:
      return aboutCertificate;
    default:
      return allowed;
  }
}

const podRules: Readonly<Record<string, Rule>> = {
  '': (request, world) => {
    const { operation, nodeName } = request;
    const who = nodeText(request);
    if (operation === 'CREATE') return whyNotCreated(request, world);
    if (operation !== 'DELETE') {
      return `unexpected operation ${JSON.stringify(operation)}, ${who} can only create and delete mirror pods`;
    }
    const own = podOf(request, world, request.name).spec.nodeName === nodeName;
    return own ? undefined : `${who} can only delete pods with spec.nodeName set to itself`;
  },
  status: (request) => {
    const { operation, nodeName, object, old } = request;
    const who = nodeText(request);
    if (operation !== 'UPDATE') return `unexpected operation ${JSON.stringify(operation)}`;
    const [now, before] = [object as unknown as Pod, old as unknown as Pod];
    if (before.spec.nodeName !== nodeName) {
      return `${who} can only update pod status for pods with spec.nodeName set to itself`;
    }
    if (!samePlain(now.metadata.labels ?? {}, before.metadata.labels ?? {})) {
      return `${who} cannot update labels through pod status`;
    }
    if (!samePlain(now.status.resourceClaimStatuses ?? [], before.status.resourceClaimStatuses ?? [])) {
      return `${who} cannot update resource claim statues`;
    }
    const { extendedResourceClaimStatus: claimed } = now.status;
    const sameClaim = samePlain(claimed ?? {}, before.status.extendedResourceClaimStatus ?? {});
    return sameClaim ? undefined : `${who} cannot update extended resource claim status`;
  },
  eviction: (request, world) => {
    const { operation, nodeName, object } = request;
    if (operation !== 'CREATE') return `unexpected operation ${operation}`;
    const name = request.name || ((object as unknown as Eviction).metadata.name ?? '');
    if (name === '') return 'could not determine pod from request data';
    const own = podOf(request, world, name).spec.nodeName === nodeName;
    return own ? undefined : `node ${nodeName} can only evict pods with spec.nodeName set to itself`;
  },
};

const aboutNode: Rule = (request) => {
  const { operation, name, nodeName, object, old } = request;
  const who = nodeText(request);
  if (name !== nodeName) return `${who} is not allowed to modify node ${JSON.stringify(name)}`;
  if (operation !== 'CREATE' && operation !== 'UPDATE') return undefined;
  const now = object as unknown as Node;
  const before = old as unknown as Node | undefined;
  const why = before === undefined ? whyNotRegistered(now) : whyNotChanged(now, before);
  if (why !== undefined) return `${who} is not allowed to ${why}`;
  const labels = forbiddenLabels(now.metadata.labels ?? {}, before?.metadata.labels ?? {}).join(', ');
  if (labels === '') return undefined;
  return before === undefined
    ? `${who} is not allowed to set the following labels: ${labels}`
    : `is not allowed to modify labels: ${labels}`;
};

const whyNotRegistered = ({ spec }: Node): string | undefined =>
  spec.configSource === undefined ? undefined : 'create pods with a non-nil configSource';

function whyNotChanged(now: Node, before: Node): string | undefined {
  const { configSource, taints } = now.spec;
  if (configSource !== undefined && !samePlain(configSource, before.spec.configSource ?? {})) {
    return 'update configSource to a new non-nil configSource';
  }
  if (!samePlain(taints ?? [], before.spec.taints ?? [])) return 'modify taints';
  const sameOwners = samePlain(now.metadata.ownerReferences ?? [], before.metadata.ownerReferences ?? []);
  return sameOwners ? undefined : 'modify ownerReferences';
}

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

/** What a node may write of a claim; versions and managed fields come of themselves. */
const claimStatusOfNodes = ['capacity', 'conditions', 'allocatedResources', 'allocatedResourceStatuses'];

/** The claim without that, as JSON. */
function keptOfClaim({ metadata, spec, status }: PersistentVolumeClaim): object {
  const without = (fields: object, names: readonly string[]): object =>
    Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
  const kept = [without(metadata, ['resourceVersion', 'managedFields']), spec, without(status, claimStatusOfNodes)];
  return JSON.parse(JSON.stringify(kept)) as object;
}

const aboutClaimStatus: Rule = (request) => {
  const { operation, object, old } = request;
  if (operation !== 'UPDATE') return `unexpected operation ${JSON.stringify(operation)}`;
  const same = samePlain(
    keptOfClaim(object as unknown as PersistentVolumeClaim),
    keptOfClaim(old as unknown as PersistentVolumeClaim),
  );
  if (same) return undefined;
  return `${nodeText(request)} is not allowed to update fields other than status.quantity and status.conditions`;
};

const aboutSlice: Rule = ({ operation, nodeName, object, old }) => {
  if (operation !== 'CREATE' && operation !== 'DELETE') return undefined;
  const { spec } = (object ?? old) as unknown as ResourceSlice;
  if ((spec.nodeName ?? '') === nodeName) return undefined;
  return `can only ${operation.toLowerCase()} ResourceSlice with the same NodeName as the requesting node`;
};

const aboutCertificate: Rule = ({ operation, nodeName, object }) => {
  if (operation !== 'CREATE') return undefined;
  const { signerName, request } = (object as unknown as CertificateSigningRequest).spec;
  if (!nodeSigners.includes(signerName)) return undefined;
  const subject = subjectOf(request);
  if (subject === undefined) return 'unable to parse csr: PEM block type must be CERTIFICATE REQUEST';
  const wanted = `${userPrefix}${nodeName}`;
  return subject.commonName === wanted ? undefined : `can only create a node CSR with CN=${wanted}`;
};

const aboutLease: Rule = ({ namespace, name, nodeName }) => {
  if (namespace !== leaseNamespace) {
    return `can only access leases in the ${JSON.stringify(leaseNamespace)} system namespace`;
  }
  return name === nodeName ? undefined : 'can only access node lease with the same name as the requesting node';
};
