/** Tells in the status of a validating policy what its expressions get wrong about the kinds they are for. */
import { kindFromSchema } from '../../api/schema-from-openapi.ts';
import * as resources from '../../api/resources.ts';
import type { Controller } from '../controller.ts';
import { planStatus, type KnownKind } from './plan.ts';

export const validatingPolicyStatusController: Controller = {
  name: 'validatingadmissionpolicy-status-controller',
  alias: 'validatingadmissionpolicy-status',
  start({ informer, enqueue }) {
    const policies = informer(resources.ValidatingAdmissionPolicies);
    const definitions = informer(resources.CustomResourceDefinitions);
    policies.onChange(({ object }) => enqueue(object.metadata.name));
    const customKinds = (): readonly KnownKind[] =>
      definitions.list().flatMap(({ spec }) =>
        (spec.versions ?? []).map(({ name, schema }) => {
          const { group, names } = spec;
          const kind = { group, version: name, kind: names.kind, schema: schema?.openAPIV3Schema };
          return { plural: names.plural, type: kindFromSchema(kind) };
        }),
      );
    return async (name, { client }) => {
      const policy = policies.get(undefined, name);
      if (policy === undefined || policy.metadata.deletionTimestamp !== undefined) return;
      const status = planStatus(policy, [...builtinKinds, ...customKinds()]);
      if (status === undefined) return;
      await client.updateStatus(resources.ValidatingAdmissionPolicies, { ...policy, status });
    };
  },
};

const builtinKinds: readonly KnownKind[] = resources.builtinResources.map(({ plural, kind }) => ({
  plural,
  type: kind,
}));
