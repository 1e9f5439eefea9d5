/**
 * Node authorization: a kubelet reads and writes what its own pods need, nothing else.
 *
 * What all kubelets do alike stands in the rules of the role system:node. Objects that belong to nodes are open to a node
 * only while they belong to it (node-objects.ts); lists of them must select the node's own. Where the object in the body
 * decides (creating a pod, a lease, a node), the admission plug-in NodeRestriction has the last word.
 * https://kubernetes.io/docs/reference/access-authn-authz/node/
 */
import type { PolicyRule } from '../../api/groups/rbac.v1.ts';
import type { User } from '../user.ts';
import type { AccessQuestion, Authorizer, Decision, Opinion, ResourceAccess } from './authorizer.ts';
import type { NodeObjects } from './node-objects.ts';
import type { Referred } from './pod-references.ts';
import { ruleAllows } from './rbac.ts';

const prefix = 'system:node:';
const allowed: Decision = { allowed: true, reason: '' };
const no = (reason: string): Decision => ({ allowed: false, reason });

/** `rules`: of the role system:node. */
export function createNodeAuthorizer(objects: NodeObjects, rules: readonly PolicyRule[]): Authorizer {
  return {
    decide(question) {
      const node = nodeOf(question.user);
      if (node === undefined) return undefined;
      if (node === '') return no(`unknown node for user ${JSON.stringify(question.user.name)}`);
      const { resource } = question;
      const special = resource === undefined ? undefined : ruleOf[`${resource.group}/${resource.resource}`];
      if (resource !== undefined && special !== undefined) {
        return special({ objects, node, verb: question.verb, access: resource });
      }
      return rules.some((rule) => ruleAllows(rule, question)) ? allowed : undefined;
    },
    rulesFor(user) {
      if (nodeOf(user) === undefined) return { rules: [] };
      return { rules: [], incomplete: 'node authorizer does not support user rule resolution' };
    },
  };
}

/** The name of the node; '' = a node, but which is not said; undefined = no node. */
function nodeOf({ name, groups }: User): string | undefined {
  if (!name.startsWith(prefix) || !groups.includes('system:nodes')) return undefined;
  return name.slice(prefix.length);
}

interface Asked {
  readonly objects: NodeObjects;
  readonly node: string;
  readonly verb: AccessQuestion['verb'];
  readonly access: ResourceAccess;
}

type OwnRule = (asked: Asked) => Opinion | Promise<Opinion>;

const ruleOf: Readonly<Record<string, OwnRule>> = {
  '/secrets': (asked) =>
    readNamespaced(asked, async ({ objects, node, access: { namespace, name } }) =>
      objects.isReferred(node, 'secrets', namespace, name) ? true : objects.mountsWithSecret(node, namespace, name),
    ),
  '/configmaps': (asked) => readNamespaced(asked, isReferred('configmaps')),
  '/persistentvolumeclaims': (asked) =>
    asked.access.subresource === 'status'
      ? updateStatus(asked, isReferred('persistentvolumeclaims'))
      : getOne(asked, isReferred('persistentvolumeclaims')),
  '/persistentvolumes': (asked) => getOne(asked, ({ objects, node, access }) => objects.usesVolume(node, access.name)),
  'resource.k8s.io/resourceclaims': (asked) => getOne(asked, isReferred('resourceclaims')),
  'storage.k8s.io/volumeattachments': (asked) =>
    getOne(asked, ({ objects, node, access }) => objects.isAttached(node, access.name)),
  '/serviceaccounts': serviceAccounts,
  'coordination.k8s.io/leases': leases,
  'storage.k8s.io/csinodes': csiNodes,
  'resource.k8s.io/resourceslices': resourceSlices,
  '/nodes': nodes,
  '/pods': pods,
};

type Belongs = (asked: Asked) => boolean | Promise<boolean>;

const isReferred =
  (resource: Referred): Belongs =>
  ({ objects, node, access: { namespace, name } }) =>
    objects.isReferred(node, resource, namespace, name);

const isPod: Belongs = ({ objects, node, access: { namespace, name } }) => objects.hasPod(node, namespace, name);

async function related(asked: Asked, belongs: Belongs): Promise<Opinion> {
  if (asked.access.name === '') return no('No Object name found');
  if (await belongs(asked)) return allowed;
  return no(`no relationship found between node '${asked.node}' and this object`);
}

function getOne(asked: Asked, belongs: Belongs): Opinion | Promise<Opinion> {
  if (asked.verb !== 'get') return no('can only get individual resources of this type');
  if (asked.access.subresource !== '') return no('cannot get subresource');
  return related(asked, belongs);
}

function readNamespaced(asked: Asked, belongs: Belongs): Opinion | Promise<Opinion> {
  if (!['get', 'list', 'watch'].includes(asked.verb)) return no('can only read resources of this type');
  if (asked.access.subresource !== '') return no('cannot read subresource');
  if (asked.access.namespace === '') return no('can only read namespaced object of this type');
  return related(asked, belongs);
}

function updateStatus(asked: Asked, belongs: Belongs): Opinion | Promise<Opinion> {
  if (!['update', 'patch'].includes(asked.verb)) return no('can only get/update/patch this type');
  return related(asked, belongs);
}

function serviceAccounts(asked: Asked): Opinion | Promise<Opinion> {
  const { verb, access } = asked;
  if (verb === 'get' && access.subresource === '') return related(asked, isReferred('serviceaccounts'));
  if (verb !== 'create' || access.name === '') return no('can only create tokens for individual service accounts');
  if (access.subresource !== 'token') return no('can only create token subresource of serviceaccount');
  return related(asked, isReferred('serviceaccounts'));
}

const ownVerbs = ['get', 'create', 'update', 'patch', 'delete'];
const leaseNamespace = 'kube-node-lease';

function leases({ node, verb, access: { namespace, name } }: Asked): Opinion {
  if (!ownVerbs.includes(verb)) return no('can only get, create, update, patch, or delete a node lease');
  if (namespace !== leaseNamespace) return no(`can only access leases in the "${leaseNamespace}" system namespace`);
  if (verb === 'create' || name === node) return allowed;
  return no('can only access node lease with the same name as the requesting node');
}

function csiNodes({ node, verb, access: { subresource, name } }: Asked): Opinion {
  if (!ownVerbs.includes(verb)) return no('can only get, create, update, patch, or delete a CSINode');
  if (subresource !== '') return no('cannot authorize CSINode subresources');
  return verb === 'create' || name === node
    ? allowed
    : no('can only access CSINode with the same name as the requesting node');
}

function resourceSlices(asked: Asked): Opinion | Promise<Opinion> {
  const { node, verb, access } = asked;
  if (access.subresource !== '') return no('cannot authorize ResourceSlice subresources');
  switch (verb) {
    case 'create':
      return allowed;
    case 'get':
    case 'update':
    case 'patch':
    case 'delete':
      return related(asked, ({ objects }) => objects.ownsSlice(node, access.name));
    case 'list':
    case 'watch':
    case 'deletecollection':
      if (selects(access, 'spec.nodeName', node) || selects(access, 'nodeName', node)) return allowed;
      return no('can only list/watch/deletecollection resourceslices with nodeName field selector');
    default:
      return no(
        'only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection',
      );
  }
}

const selects = ({ fieldSelector = [] }: ResourceAccess, field: string, wanted: string): boolean =>
  fieldSelector.some((one) => one.field === field && one.operator === '=' && one.value === wanted);

function nodes({ node, verb, access: { subresource, name } }: Asked): Opinion {
  const writes = verb === 'update' || verb === 'patch';
  if (subresource === 'status') return writes ? allowed : undefined;
  if (subresource !== '') return undefined;
  if (writes || verb === 'create') return allowed;
  if (!['get', 'list', 'watch'].includes(verb)) return undefined;
  if (name === node) return allowed;
  if (name === '') return no(`node '${node}' cannot read all nodes, only its own Node object`);
  return no(`node '${node}' cannot read '${name}', only its own Node object`);
}

function pods(asked: Asked): Opinion | Promise<Opinion> {
  const { node, verb, access } = asked;
  switch (access.subresource) {
    case '':
      if (verb === 'create' || verb === 'delete') return allowed;
      if (verb === 'get') return related(asked, isPod);
      if (verb !== 'list' && verb !== 'watch') return undefined;
      if (selects(access, 'spec.nodeName', node)) return allowed;
      if (access.name !== '') return related(asked, isPod);
      return no('can only list/watch pods with spec.nodeName field selector');
    case 'status':
      return verb === 'update' || verb === 'patch' ? allowed : undefined;
    case 'eviction':
      return verb === 'create' ? allowed : undefined;
    default:
      return undefined;
  }
}
