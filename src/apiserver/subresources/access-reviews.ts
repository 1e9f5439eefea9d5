/** Access reviews: may this user do that? Asked with POST, answered by the same authorizers that decide requests. */
import { invalid, invalidError, type FieldError } from '../../api/field-error.ts';
import type {
  SelfSubjectAccessReview,
  SelfSubjectRulesReview,
  SubjectAccessReview,
} from '../../api/groups/authorization.v1.ts';
import { ApiError } from '../../api/api-error.ts';
import type { Api } from '../api.ts';
import type { AccessQuestion } from '../authorization/authorizer.ts';
import type { ApiRequest } from '../request.ts';
import type { User } from '../user.ts';
import { targetOf } from '../verbs/target.ts';
import { selectorErrors, selectorsOf, unreadableSelectors } from './selector-reviews.ts';

interface Reviewed {
  readonly status: object;
}

type Attributes = Pick<SelfSubjectAccessReview['spec'], 'resourceAttributes' | 'nonResourceAttributes'>;

export async function reviewOwnAccess(
  api: Api,
  body: SelfSubjectAccessReview,
  { user }: ApiRequest,
): Promise<Reviewed> {
  refuse([...attributeErrors(body.spec), ...metaErrors(body.metadata, 'must be empty')]);
  return { status: await decide(api, user, body.spec) };
}

export async function reviewAccess(api: Api, body: SubjectAccessReview): Promise<Reviewed> {
  refuse([...subjectErrors(body.spec), ...metaErrors(body.metadata, 'must be empty')]);
  return { status: await decide(api, userOf(body.spec), body.spec) };
}

/** For one namespace: who may ask there needs no rights elsewhere. */
export async function reviewLocalAccess(api: Api, body: SubjectAccessReview, request: ApiRequest): Promise<Reviewed> {
  const { namespace = '' } = targetOf(request);
  const { resourceAttributes: resource, nonResourceAttributes: path } = body.spec;
  const errors = [...subjectErrors(body.spec), ...metaErrors(body.metadata, 'must be empty except for namespace')];
  if (resource !== undefined && (resource.namespace ?? '') !== namespace) {
    const field = 'spec.resourceAttributes.namespace';
    errors.push(invalid(field, resource.namespace ?? '', 'must match metadata.namespace'));
  }
  if (path !== undefined) errors.push(invalidPath(path, 'disallowed on this kind of request'));
  refuse(errors);
  return { status: await decide(api, userOf(body.spec), body.spec) };
}

export function reviewOwnRules(api: Api, body: SelfSubjectRulesReview, { user }: ApiRequest): Reviewed {
  const { namespace = '' } = body.spec;
  if (namespace === '') throw new ApiError('BadRequest', 'no namespace on request');
  const { rules, incomplete } = api.authorizer.rulesFor(user, namespace);
  return {
    status: {
      resourceRules: rules
        .filter((rule) => (rule.resources ?? []).length > 0)
        .map(({ verbs, apiGroups, resources, resourceNames }) => ({ verbs, apiGroups, resources, resourceNames })),
      nonResourceRules: rules
        .filter((rule) => (rule.nonResourceURLs ?? []).length > 0)
        .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
      incomplete: incomplete !== undefined,
      ...(incomplete === undefined ? {} : { evaluationError: incomplete }),
    },
  };
}

function refuse(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalidError('authorization.k8s.io', '', '', errors);
}

function subjectErrors(spec: SubjectAccessReview['spec']): FieldError[] {
  const nobody = (spec.user ?? '') === '' && (spec.groups ?? []).length === 0;
  return attributeErrors(
    spec,
    nobody ? [invalid('spec.user', '', 'at least one of user or group must be specified')] : [],
  );
}

/** `ofSubject` stands between what is wrong with the question and with its selectors. */
function attributeErrors(spec: Attributes, ofSubject: readonly FieldError[] = []): FieldError[] {
  const { resourceAttributes: resource } = spec;
  return [...questionErrors(spec), ...ofSubject, ...(resource == null ? [] : selectorErrors(resource))];
}

function questionErrors({ resourceAttributes: resource, nonResourceAttributes: path }: Attributes): FieldError[] {
  if (resource !== undefined && path !== undefined) {
    return [invalidPath(path, 'cannot be specified in combination with resourceAttributes')];
  }
  if (resource !== undefined || path !== undefined) return [];
  const detail = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
  return [invalid('spec.resourceAttributes', null, detail)];
}

/** The value as the original shows it, under the names of its own fields. */
function invalidPath({ path = '', verb = '' }: { path?: string | undefined; verb?: string | undefined }, why: string) {
  return invalid('spec.nonResourceAttributes', { Path: path, Verb: verb }, why);
}

/** A question has no name. */
function metaErrors(metadata: object, detail: string): FieldError[] {
  const said = Object.entries(metadata).filter(([, value]) => value !== undefined && value !== null);
  const extra = said.filter(([name]) => name !== 'managedFields' && name !== 'namespace');
  return extra.length === 0 ? [] : [invalid('metadata', Object.fromEntries(said), detail)];
}

const userOf = ({ user = '', groups = [], uid, extra }: SubjectAccessReview['spec']): User => ({
  name: user,
  groups,
  uid,
  extra,
});

async function decide(api: Api, user: User, spec: Attributes): Promise<object> {
  const decision = await api.authorizer.decide(questionOf(user, spec));
  const { resourceAttributes: resource } = spec;
  const unreadable = resource === undefined ? undefined : unreadableSelectors(resource);
  const errors = [unreadable, decision?.error].filter((text) => text !== undefined);
  const evaluationError = errors.length > 1 ? `[${errors.join(', ')}]` : errors[0];
  return {
    allowed: decision?.allowed ?? false,
    ...(decision?.denied === true ? { denied: true } : {}),
    ...(decision?.reason ? { reason: decision.reason } : {}),
    ...(evaluationError === undefined ? {} : { evaluationError }),
  };
}

function questionOf(user: User, { resourceAttributes: resource, nonResourceAttributes: path }: Attributes) {
  if (resource === undefined) return { user, verb: path?.verb ?? '', path: path?.path ?? '' } satisfies AccessQuestion;
  const { group = '', version = '', resource: plural = '', subresource = '', namespace = '', name = '' } = resource;
  return {
    user,
    verb: resource.verb ?? '',
    path: '',
    resource: { group, version, resource: plural, subresource, namespace, name, ...selectorsOf(resource) },
  } satisfies AccessQuestion;
}
