/** Puts the authorizers together in the order that the flags of the server name them. */
import type { PolicyRule } from '../../api/groups/rbac.v1.ts';
import type { AnyResource } from '../../api/resource.ts';
import * as resources from '../../api/resources.ts';
import { clusterRoles } from '../bootstrap/roles.ts';
import type { FollowedConfiguration } from '../followed-configuration.ts';
import type { CountDecisions } from '../metrics/decision-metrics.ts';
import type { ResourceCache } from '../registry/cache.ts';
import type { ServedResources } from '../registry/served-resources.ts';
import { alwaysAllow, alwaysDeny, anyOf, masters, type Authorizer, type WholeAuthorizer } from './authorizer.ts';
import { createNodeAuthorizer } from './node.ts';
import { createNodeObjects } from './node-objects.ts';
import { createRbacAuthorizer, type RbacAuthorizer } from './rbac.ts';

export type AuthorizationMode = 'Node' | 'RBAC' | 'AlwaysAllow' | 'AlwaysDeny' | Authorizer;

/** Authorizers that may be others while the server runs. */
export interface FollowedAuthorization extends FollowedConfiguration {
  /** The same list until it changes. */
  modes(): readonly AuthorizationMode[];
}

export interface Authorization {
  readonly authorizer: WholeAuthorizer;
  readonly rbac: RbacAuthorizer;
}

/** `given`: in the order in which they are asked, after the one that lets system:masters do everything. */
export function configureAuthorization(
  given: readonly AuthorizationMode[] | FollowedAuthorization,
  served: ServedResources,
  counted: CountDecisions,
): Authorization {
  const cache = (resource: AnyResource): ResourceCache => served.of(resource).cache;
  const rbac = createRbacAuthorizer({
    roles: cache(resources.Roles),
    clusterRoles: cache(resources.ClusterRoles),
    roleBindings: cache(resources.RoleBindings),
    clusterRoleBindings: cache(resources.ClusterRoleBindings),
  });
  const countedRbac = counted({ type: 'RBAC', name: 'rbac', authorizer: rbac });
  let node: Authorizer | undefined;
  const create = (mode: AuthorizationMode): Authorizer => {
    if (typeof mode === 'object') {
      return mode.name === undefined ? mode : counted({ type: 'Webhook', name: mode.name, authorizer: mode });
    }
    switch (mode) {
      case 'Node':
        return (node ??= counted({
          type: 'Node',
          name: 'node',
          authorizer: createNodeAuthorizer(createNodeObjects(nodeCaches(cache)), nodeRules()),
        }));
      case 'RBAC':
        return countedRbac;
      case 'AlwaysAllow':
        return alwaysAllow;
      case 'AlwaysDeny':
        return alwaysDeny;
    }
  };
  const inOrder = (modes: readonly AuthorizationMode[]): WholeAuthorizer => anyOf([masters, ...modes.map(create)]);
  return { authorizer: 'modes' in given ? following(given, inOrder) : inOrder(given), rbac };
}

function following(
  { modes }: FollowedAuthorization,
  inOrder: (modes: readonly AuthorizationMode[]) => WholeAuthorizer,
): WholeAuthorizer {
  let of = modes();
  let built = inOrder(of);
  const current = (): WholeAuthorizer => {
    const now = modes();
    if (now !== of) {
      built = inOrder(now);
      of = now;
    }
    return built;
  };
  return {
    decide: (question) => current().decide(question),
    rulesFor: (user, namespace) => current().rulesFor(user, namespace),
  };
}

const nodeCaches = (cache: (resource: AnyResource) => ResourceCache) => ({
  pods: cache(resources.Pods),
  volumes: cache(resources.PersistentVolumes),
  claims: cache(resources.PersistentVolumeClaims),
  attachments: cache(resources.VolumeAttachments),
  slices: cache(resources.ResourceSlices),
});

/** What all nodes may do alike does not depend on the stored role, which anybody with the right may change. */
function nodeRules(): readonly PolicyRule[] {
  return (clusterRoles.find(({ metadata }) => metadata.name === 'system:node')?.rules ?? []) as readonly PolicyRule[];
}
