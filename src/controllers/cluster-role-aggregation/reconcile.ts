/** Keeps the rules of one aggregated ClusterRole, such as admin, edit and view. */
import { ClusterRoles } from '../../api/resources.ts';
import type { Controller } from '../controller.ts';
import { planAggregatedRules } from './plan.ts';

export const clusterRoleAggregationController: Controller = {
  name: 'clusterrole-aggregation-controller',
  alias: 'clusterrole-aggregation',
  start({ informer, enqueue }) {
    const roles = informer(ClusterRoles);
    // Any role may be part of any other, also by what it no longer is: there are few, and all are looked at.
    roles.onChange(() => {
      for (const { aggregationRule, metadata } of roles.list()) {
        if (aggregationRule !== undefined) enqueue(metadata.name);
      }
    });
    return async (name, { client }) => {
      const role = roles.get(undefined, name);
      const rules = role === undefined ? undefined : planAggregatedRules(role, roles.list());
      if (role !== undefined && rules !== undefined) await client.update(ClusterRoles, { ...role, rules });
    };
  },
};
