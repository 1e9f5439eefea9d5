/**
 * Node authorization: a kubelet reads and writes what its own pods need, nothing else.
 *
 * Most of what kubelets do is the same for all of them (the rules of the role system:node). Objects that belong to pods
 * (secrets, config maps, claims) are open to a node only while one of its pods refers to them.
 * https://kubernetes.io/docs/reference/access-authn-authz/node/
 */
import type { Pod } from '../../api/groups/core.v1.ts';
import type { PolicyRule } from '../../api/groups/rbac.v1.ts';
import type { ResourceCache } from '../registry/cache.ts';
import type { WatchItem } from '../registry/watch.ts';
import type { AccessQuestion, Authorizer, ResourceAccess } from './authorizer.ts';
import { ruleAllows } from './rbac.ts';

const prefix = 'system:node:';
const readVerbs = new Set(['get', 'list', 'watch']);

/** `rules`: of the role system:node. */
export function createNodeAuthorizer(pods: ResourceCache, rules: () => readonly PolicyRule[]): Authorizer {
  const podsOfNodes = new Map<string, Map<string, Pod>>();
  const file = (items: readonly WatchItem[]): void => {
    for (const item of items) {
      if (item.type === 'BOOKMARK') continue;
      const pod = item.entry.object as unknown as Pod;
      const { nodeName } = pod.spec;
      if (nodeName === undefined || nodeName === '') continue;
      const filed = podsOfNodes.get(nodeName) ?? new Map<string, Pod>();
      podsOfNodes.set(nodeName, filed);
      if (item.type === 'DELETED') filed.delete(pod.metadata.uid);
      else filed.set(pod.metadata.uid, pod);
    }
  };
  const follow = (): void => {
    podsOfNodes.clear();
    const start = { scope: pods.prefix, matches: () => true, sinceRevision: undefined, bookmarkInitial: false };
    pods.watch(start, { items: file, ended: () => void pods.ready().then(follow) });
  };
  follow();
  return {
    decide(question) {
      const { user, resource } = question;
      if (!user.name.startsWith(prefix) || !user.groups.includes('system:nodes')) return undefined;
      if (resource !== undefined && isPodOwned(resource) && readVerbs.has(question.verb)) {
        const own = podsOfNodes.get(user.name.slice(prefix.length))?.values() ?? [];
        return refersTo([...own], resource) ? { allowed: true, reason: '' } : undefined;
      }
      return allowedByRules(rules(), question) ? { allowed: true, reason: '' } : undefined;
    },
  };
}

const isPodOwned = ({ group, resource, subresource }: ResourceAccess): boolean =>
  group === '' && subresource === '' && ['secrets', 'configmaps', 'persistentvolumeclaims'].includes(resource);

const allowedByRules = (rules: readonly PolicyRule[], question: AccessQuestion): boolean =>
  rules.some((rule) => ruleAllows(rule, question));

/** One of the pods names the object; a list of all is never allowed. */
function refersTo(pods: readonly Pod[], { resource, namespace, name }: ResourceAccess): boolean {
  if (name === '') return false;
  return pods.some((pod) => pod.metadata.namespace === namespace && namesOf(pod, resource).includes(name));
}

function namesOf({ spec }: Pod, resource: string): readonly (string | undefined)[] {
  const { containers, initContainers = [], volumes = [], imagePullSecrets = [] } = spec;
  const all = [...containers, ...initContainers];
  const env = all.flatMap((container) => container.env ?? []).map(({ valueFrom }) => valueFrom);
  const envFrom = all.flatMap((container) => container.envFrom ?? []);
  const projected = volumes.flatMap((volume) => volume.projected?.sources ?? []);
  switch (resource) {
    case 'configmaps':
      return [
        ...env.map((source) => source?.configMapKeyRef?.name),
        ...envFrom.map((source) => source.configMapRef?.name),
        ...volumes.map((volume) => volume.configMap?.name),
        ...projected.map((source) => source.configMap?.name),
      ];
    case 'secrets':
      return [
        ...env.map((source) => source?.secretKeyRef?.name),
        ...envFrom.map((source) => source.secretRef?.name),
        ...volumes.map((volume) => volume.secret?.secretName),
        ...projected.map((source) => source.secret?.name),
        ...imagePullSecrets.map((secret) => secret.name),
      ];
    default:
      return volumes.map((volume) => volume.persistentVolumeClaim?.claimName);
  }
}
