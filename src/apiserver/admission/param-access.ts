/**
 * Policies read their parameters with the server's rights. So that nobody learns through a policy what he may not read,
 * who names a kind of parameters must be allowed to get all its objects, and who binds a policy those that are bound.
 */
import { forbidden, invalidError } from '../../api/field-error.ts';
import type { ParamKind } from '../../api/groups/admissionregistration.v1.ts';
import { splitApiVersion } from '../../api/message.ts';
import type { AnyResource } from '../../api/resource.ts';
import {
  MutatingAdmissionPolicies,
  MutatingAdmissionPolicyBindings,
  ValidatingAdmissionPolicies,
  ValidatingAdmissionPolicyBindings,
} from '../../api/resources.ts';
import { samePlain } from '../../api/equality.ts';
import type { Authorizer, ResourceAccess } from '../authorization/authorizer.ts';
import type { ServedResources } from '../registry/served-resources.ts';
import { servedObject, storageKey } from '../registry/served.ts';
import type { User } from '../user.ts';
import type { AdmissionPlugin, Admitted } from './admission.ts';
import type { AnyBinding, AnyPolicy } from './policies/policy-source.ts';
import { paramResource } from './policies/params.ts';

const policies: readonly AnyResource[] = [ValidatingAdmissionPolicies, MutatingAdmissionPolicies];
const bindings: readonly AnyResource[] = [ValidatingAdmissionPolicyBindings, MutatingAdmissionPolicyBindings];

export function createParamAccess(served: ServedResources, authorizer: Authorizer): AdmissionPlugin {
  const may = async (user: User, verb: string, resource: ResourceAccess): Promise<boolean> =>
    (await authorizer.decide({ user, verb, path: '', resource }))?.allowed === true;
  const named = (kind: ParamKind | null | undefined): Pick<ResourceAccess, 'group' | 'version' | 'resource'> => {
    if (kind == null) return { group: '*', version: '*', resource: '*' };
    const { group, version } = splitApiVersion(kind.apiVersion ?? '');
    return { group, version, resource: paramResource(served, kind)?.resource.plural ?? '*' };
  };
  const checkPolicy = async (request: Admitted): Promise<void> => {
    const { paramKind } = (request.object as unknown as AnyPolicy).spec;
    const old = request.old as unknown as AnyPolicy | undefined;
    if (paramKind == null || samePlain(paramKind, old?.spec.paramKind)) return;
    const about = { ...named(paramKind), subresource: '', namespace: '*', name: '*' };
    if (await may(request.user, 'get', about)) return;
    const { kind = '', apiVersion = '' } = paramKind;
    const which = `(kind=${kind}, apiVersion=${apiVersion})`;
    const detail = `user ${userText(request.user)} must have "get" permission on all objects of the referenced paramKind ${which}`;
    refuse(request, 'spec.paramKind', detail);
  };
  const checkBinding = async (request: Admitted): Promise<void> => {
    const { paramRef, policyName = '' } = (request.object as unknown as AnyBinding).spec;
    if (paramRef == null) return;
    const mutating = request.served.resource === MutatingAdmissionPolicyBindings;
    const policy = served.of(mutating ? MutatingAdmissionPolicies : ValidatingAdmissionPolicies);
    await policy.cache.ready();
    const entry = policy.cache.get(storageKey(policy, undefined, policyName));
    const bound = entry === undefined ? undefined : (servedObject(policy, entry) as unknown as AnyPolicy);
    const { name = '', namespace = '' } = paramRef;
    const verb = name === '' ? 'list' : 'get';
    if (await may(request.user, verb, { ...named(bound?.spec.paramKind), subresource: '', namespace, name })) return;
    // Kubernetes mixes up verb and user in this text.
    const detail = `user ${verb} does not have "${userText(request.user)}" permission on the object referenced by paramRef`;
    refuse(request, 'spec.paramRef', detail);
  };
  return {
    name: 'ParamAccess',
    about: [...policies, ...bindings],
    async validate(request) {
      const { resource } = request.served;
      if (request.operation === 'DELETE' || request.subresource !== '') return;
      if (request.user.groups.includes('system:masters')) return;
      if (policies.includes(resource)) await checkPolicy(request);
      else if (bindings.includes(resource)) await checkBinding(request);
    },
  };
}

function refuse({ served, name }: Admitted, field: string, detail: string): never {
  throw invalidError(served.resource.group, served.type.kind, name, [forbidden(field, detail)]);
}

/** A user as Go prints one. */
function userText({ name, uid = '', groups, extra = {} }: User): string {
  const entries = Object.entries(extra).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const map = entries.map(([key, values]) => `${key}:[${values.join(' ')}]`).join(' ');
  return `&{${name} ${uid} [${groups.join(' ')}] map[${map}]}`;
}
