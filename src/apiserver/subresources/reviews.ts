/** Reviews: questions asked with POST that are answered and never stored. */
import { ApiError } from '../../api/api-error.ts';
import { trackUpdate } from '../../api/apply/track-update.ts';
import type { TokenReview } from '../../api/groups/authentication.v1.ts';
import { Pods } from '../../api/resources.ts';
import type { JsonObject } from '../../api/schema.ts';
import { formatTime } from '../../api/time.ts';
import type { Api } from '../api.ts';
import type { ResourceHandler } from '../handler.ts';
import type { Served } from '../registry/served.ts';
import type { Answer, ApiRequest } from '../request.ts';
import type { User } from '../user.ts';
import { readObject } from '../verbs/body.ts';
import { checkSaidNamespace, targetOf } from '../verbs/target.ts';
import { readWriteOptions } from '../verbs/write-options.ts';
import { reviewAccess, reviewLocalAccess, reviewOwnAccess, reviewOwnRules } from './access-reviews.ts';
import { bind } from './binding.ts';

interface Reviewed {
  readonly status: object;
  readonly metadata?: object;
}

type Review = (api: Api, body: never, request: ApiRequest) => Reviewed | Promise<Reviewed>;

const reviews: Readonly<Record<string, Review>> = {
  selfsubjectreviews: (api, _body, { user }) => ({
    status: { userInfo: userInfo(user) },
    metadata: { creationTimestamp: formatTime(api.clock.now()) },
  }),
  tokenreviews: reviewToken,
  subjectaccessreviews: reviewAccess,
  localsubjectaccessreviews: reviewLocalAccess,
  selfsubjectaccessreviews: reviewOwnAccess,
  selfsubjectrulesreviews: reviewOwnRules,
};

export function reviewHandler(served: Served, verb: string): ResourceHandler | undefined {
  const { plural, group } = served.resource;
  if (verb !== 'create') return undefined;
  if (plural === 'bindings' && group === '') return bindThroughBindings;
  const review = reviews[plural];
  return review === undefined ? undefined : (api, of, request) => answerReview(api, of, request, review);
}

async function answerReview(api: Api, served: Served, request: ApiRequest, review: Review): Promise<Answer> {
  const options = readWriteOptions(request, 'CreateOptions');
  const { type, resource } = served;
  const { metadata, ...rest } = (await readObject(request, type, options)) as unknown as JsonObject & {
    metadata?: JsonObject;
  };
  checkSaidNamespace(request, { metadata });
  const { namespace: _namespace, ...others } = metadata ?? {};
  const { namespace } = targetOf(request);
  const head = { ...others, ...(resource.namespaced && namespace !== undefined ? { namespace } : {}) };
  const managedFields = trackUpdate({
    type,
    before: undefined,
    after: { ...rest, metadata: head },
    manager: options.fieldManager,
    subresource: '',
    nowMs: api.clock.now(),
  });
  const body = { ...rest, metadata: { ...head, ...(managedFields === undefined ? {} : { managedFields }) } };
  const result = await review(api, body as never, request);
  const { kind, apiVersion } = type;
  const answered = { ...body, kind, apiVersion, ...result, metadata: { ...body.metadata, ...result.metadata } };
  return { type: 'object', status: 201, object: JSON.parse(JSON.stringify(answered)) as JsonObject };
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

async function reviewToken(api: Api, body: TokenReview): Promise<Reviewed> {
  const { token = '', audiences = [] } = body.spec;
  if (token === '') throw new ApiError('BadRequest', 'token is required for TokenReview in authentication');
  const wanted = audiences.length > 0 ? audiences : api.authentication.audiences;
  const result = await api.authentication.reviewToken(token, wanted);
  if (!result.ok) return { status: { user: {}, error: result.error } };
  const { user } = result;
  return { status: { authenticated: true, user: userInfo(user), audiences: result.audiences } };
}
