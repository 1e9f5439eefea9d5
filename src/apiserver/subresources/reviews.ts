/** Reviews: questions asked with POST that are answered and never stored. */
import { ApiError } from '../../api/api-error.ts';
import type { TokenReview } from '../../api/groups/authentication.v1.ts';
import type {
  SelfSubjectAccessReview,
  SelfSubjectRulesReview,
  SubjectAccessReview,
} from '../../api/groups/authorization.v1.ts';
import { invalid, invalidError } from '../../api/field-error.ts';
import type { JsonObject } from '../../api/schema.ts';
import type { Api } from '../api.ts';
import { apiAudiences } from '../authentication/service-account-tokens.ts';
import type { AccessQuestion } from '../authorization/authorizer.ts';
import type { ResourceHandler } from '../handler.ts';
import type { Served } from '../registry/served.ts';
import type { Answer, ApiRequest } from '../request.ts';
import type { User } from '../user.ts';
import { readObject } from '../verbs/body.ts';
import { targetOf } from '../verbs/target.ts';
import { readWriteOptions } from '../verbs/write-options.ts';
import { bind } from './binding.ts';
import { Pods } from '../../api/resources.ts';

type Review = (
  api: Api,
  body: never,
  request: ApiRequest,
) => { readonly status: object; readonly spec?: object } | Promise<{ readonly status: object }>;

const reviews: Readonly<Record<string, Review>> = {
  selfsubjectreviews: (_api, _body, { user }) => ({ status: { userInfo: userInfo(user) } }),
  tokenreviews: reviewToken,
  subjectaccessreviews: reviewAccess,
  localsubjectaccessreviews: reviewAccess,
  selfsubjectaccessreviews: (api, body: SelfSubjectAccessReview, { user }) => ({
    status: decide(api, user, body.spec),
  }),
  selfsubjectrulesreviews: reviewRules,
};

export function reviewHandler(served: Served, verb: string): ResourceHandler | undefined {
  const { plural, group } = served.resource;
  if (verb !== 'create') return undefined;
  if (plural === 'bindings' && group === '') return bindThroughBindings;
  const review = reviews[plural];
  if (review === undefined) return undefined;
  return async (api, of, request) => {
    const options = readWriteOptions(request, 'CreateOptions');
    const body = await readObject(request, of.type, options);
    const { metadata, ...rest } = body as unknown as JsonObject & { metadata?: object };
    const result = await review(api, body as never, request);
    const head = { kind: of.type.kind, apiVersion: of.type.apiVersion, metadata: metadata ?? {} };
    const object = { ...rest, ...head, ...result };
    return { type: 'object', status: 201, object: JSON.parse(JSON.stringify(object)) as JsonObject };
  };
}

/** POST bindings: the old way to say pods/NAME/binding. */
async function bindThroughBindings(api: Api, served: Served, request: ApiRequest): Promise<Answer> {
  const options = readWriteOptions(request, 'CreateOptions');
  const binding = (await readObject(request, served.type, options)) as {
    readonly metadata?: { readonly name?: string };
  };
  const pods = api.resources.of(Pods);
  await pods.cache.ready();
  const resource = {
    ...targetOf(request),
    resource: 'pods',
    name: binding.metadata?.name ?? '',
    subresource: 'binding',
  };
  return bind(api, pods, { ...request, info: { ...request.info, resource } });
}

const userInfo = ({ name, uid, groups, extra }: User): object => ({
  username: name,
  ...(uid === undefined || uid === '' ? {} : { uid }),
  groups,
  ...(extra === undefined ? {} : { extra }),
});

async function reviewToken(api: Api, body: TokenReview): Promise<{ status: object }> {
  const { token = '', audiences = [] } = body.spec;
  if (token === '') throw new ApiError('BadRequest', 'token is required for TokenReview in authentication');
  const wanted = audiences.length > 0 ? audiences : apiAudiences;
  try {
    const { user, claims } = await api.tokens.review(token, wanted, api.clock.now());
    const groups = [...user.groups, 'system:authenticated'];
    return {
      status: {
        authenticated: true,
        user: userInfo({ ...user, groups }),
        audiences: wanted.filter((each) => claims.aud.includes(each)),
      },
    };
  } catch (error) {
    return {
      status: { user: {}, error: `[invalid bearer token, ${error instanceof Error ? error.message : String(error)}]` },
    };
  }
}

function reviewAccess(api: Api, body: SubjectAccessReview, request: ApiRequest): { status: object } {
  const { user = '', groups = [], uid, extra } = body.spec;
  const { group, kind } = { group: 'authorization.k8s.io', kind: body.kind ?? 'SubjectAccessReview' };
  if (user === '' && groups.length === 0) {
    throw invalidError(group, kind, '', [
      invalid('spec.user', user, 'at least one of user or group must be specified'),
    ]);
  }
  const { namespace } = targetOf(request);
  if (namespace !== undefined && body.spec.resourceAttributes?.namespace !== namespace) {
    throw invalidError(group, kind, '', [
      invalid(
        'spec.resourceAttributes.namespace',
        body.spec.resourceAttributes?.namespace ?? '',
        'must match metadata.namespace',
      ),
    ]);
  }
  return { status: decide(api, { name: user, groups, uid, extra }, body.spec) };
}

type Spec = SelfSubjectAccessReview['spec'];

function decide(api: Api, user: User, spec: Pick<Spec, 'resourceAttributes' | 'nonResourceAttributes'>): object {
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec;
  if ((resource === undefined) === (path === undefined)) {
    const detail = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    throw invalidError('authorization.k8s.io', 'SelfSubjectAccessReview', '', [
      invalid('spec.resourceAttributes', resource ?? null, detail),
    ]);
  }
  const question: AccessQuestion =
    resource === undefined
      ? { user, verb: path?.verb ?? '', path: path?.path ?? '' }
      : {
          user,
          verb: resource.verb ?? '',
          path: '',
          resource: {
            group: resource.group ?? '',
            version: resource.version ?? '',
            resource: resource.resource ?? '',
            subresource: resource.subresource ?? '',
            namespace: resource.namespace ?? '',
            name: resource.name ?? '',
          },
        };
  const decision = api.authorizer.decide(question);
  return { allowed: decision?.allowed ?? false, ...(decision?.reason ? { reason: decision.reason } : {}) };
}

function reviewRules(api: Api, body: SelfSubjectRulesReview, { user }: ApiRequest): { status: object } {
  const { namespace = '' } = body.spec;
  if (namespace === '') throw new ApiError('BadRequest', 'no namespace on request');
  const rules = api.rules(user, namespace);
  return {
    status: {
      resourceRules: rules
        .filter((rule) => (rule.resources ?? []).length > 0)
        .map(({ verbs, apiGroups, resources, resourceNames }) => ({ verbs, apiGroups, resources, resourceNames })),
      nonResourceRules: rules
        .filter((rule) => (rule.nonResourceURLs ?? []).length > 0)
        .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
      incomplete: false,
    },
  };
}
