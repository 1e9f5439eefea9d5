/** Puts the authorizers together in the order that the flags of the server name them. */
import type { PolicyRule } from '../../api/groups/rbac.v1.ts';
import type { AnyResource } from '../../api/resource.ts';
import * as resources from '../../api/resources.ts';
import { clusterRoles } from '../bootstrap/roles.ts';
import type { ResourceCache } from '../registry/cache.ts';
import type { ServedResources } from '../registry/served-resources.ts';
import { alwaysAllow, alwaysDeny, anyOf, masters, type Authorizer } from './authorizer.ts';
import { createNodeAuthorizer } from './node.ts';
import { createNodeObjects } from './node-objects.ts';
import { createRbacAuthorizer, type RbacAuthorizer } from './rbac.ts';

export type AuthorizationMode = 'Node' | 'RBAC' | 'AlwaysAllow' | 'AlwaysDeny' | Authorizer;

export interface Authorization {
  readonly authorizer: Required<Authorizer>;
  readonly rbac: RbacAuthorizer;
}

/** `modes`: in the order in which they are asked, after the one that lets system:masters do everything. */
export function configureAuthorization(modes: readonly AuthorizationMode[], served: ServedResources): Authorization {
  const cache = (resource: AnyResource): ResourceCache => served.of(resource).cache;
  const rbac = createRbacAuthorizer({
    roles: cache(resources.Roles),
    clusterRoles: cache(resources.ClusterRoles),
    roleBindings: cache(resources.RoleBindings),
    clusterRoleBindings: cache(resources.ClusterRoleBindings),
  });
  const create = (mode: AuthorizationMode): Authorizer => {
    if (typeof mode === 'object') return mode;
    switch (mode) {
      case 'Node':
        return createNodeAuthorizer(createNodeObjects(nodeCaches(cache)), nodeRules());
      case 'RBAC':
        return rbac;
      case 'AlwaysAllow':
        return alwaysAllow;
      case 'AlwaysDeny':
        return alwaysDeny;
    }
  };
  return { authorizer: anyOf([masters, ...modes.map(create)]), rbac };
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
