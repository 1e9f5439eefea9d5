/** May this request pass? */
import { ApiError } from '../../api/api-error.ts';
import { parseFieldSelector, type FieldRequirement } from '../../api/field-selector.ts';
import { parseLabelSelector } from '../../api/label-selector.ts';
import type { ApiRequest } from '../request.ts';
import type { RequestVerb, ResourceTarget } from '../request-info.ts';
import type { AccessQuestion, Authorizer, Opinion, ResourceAccess } from './authorizer.ts';
import { forbiddenError } from './forbidden.ts';

/**
 * `verb`: where the request means another one than its method says.
 * Throws, or rejects with, ApiError Forbidden or UndecidedError.
 */
export function authorize(authorizer: Authorizer, request: ApiRequest, verb = request.info.verb): void | Promise<void> {
  const asked = questionOf(request);
  const question = verb === asked.verb ? asked : { ...asked, verb };
  const opinion = authorizer.decide(question);
  if (!(opinion instanceof Promise)) return allow(request, question, opinion);
  return opinion.then((decision) => allow(request, question, decision));
}

/** @throws ApiError Forbidden, or UndecidedError. */
function allow(request: ApiRequest, question: AccessQuestion, decision: Opinion): void {
  const allowed = decision?.allowed === true;
  request.auditAnnotations?.add('authorization.k8s.io/decision', allowed ? 'allow' : 'forbid');
  request.auditAnnotations?.add('authorization.k8s.io/reason', decision?.reason ?? '');
  if (!allowed) throw refusalOf(question, decision);
}

/** Nobody allowed it, and somebody could not be asked. The HTTP edge answers it as plain text. */
export class UndecidedError extends ApiError {
  constructor(why: string) {
    super('InternalError', why);
  }
}

function refusalOf(question: AccessQuestion, decision: Opinion): ApiError {
  if (decision?.error !== undefined) return new UndecidedError(decision.error);
  return forbiddenError(question, decision?.reason);
}

/** The request as a question to the authorizers. */
export function questionOf({ info, user, query }: ApiRequest): AccessQuestion {
  const { verb, path, resource } = info;
  return resource === undefined
    ? { user, verb, path }
    : { user, verb, path, resource: accessOf(resource, verb, query) };
}

const selectiveVerbs = new Set<RequestVerb>(['list', 'watch', 'deletecollection']);

/** A namespace is in itself: rights in a namespace cover getting it. Who selects a name asks for that object. */
function accessOf(target: ResourceTarget, verb: RequestVerb, query: URLSearchParams): ResourceAccess {
  const { group, version, resource, subresource } = target;
  const selective = selectiveVerbs.has(verb) && target.verbInPath !== true;
  const fieldSelector = selective ? read(query.get('fieldSelector'), parseFieldSelector) : undefined;
  const labelSelector = selective ? read(query.get('labelSelector'), parseLabelSelector) : undefined;
  // Of many that go at once none is meant in particular.
  const name = target.name ?? (verb === 'deletecollection' ? undefined : selectedName(fieldSelector)) ?? '';
  const namespace = target.namespace ?? (resource === 'namespaces' ? (target.name ?? '') : '');
  return {
    group,
    version,
    resource,
    subresource,
    namespace,
    name,
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
    ...(labelSelector === undefined ? {} : { labelSelector }),
  };
}

function selectedName(requirements: readonly FieldRequirement[] | undefined): string | undefined {
  const name = requirements?.find(({ field, operator }) => field === 'metadata.name' && operator === '=')?.value;
  return name === undefined || name === '.' || name === '..' || /[/%]/.test(name) ? undefined : name;
}

/** A selector that cannot be read gives no right, and is refused later with its own words. */
function read<T>(text: string | null, parse: (text: string) => T): T | undefined {
  if (text === null || text === '') return undefined;
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
