/** May this request pass? */
import { parseFieldSelector } from '../../api/field-selector.ts';
import type { ApiRequest } from '../request.ts';
import type { ResourceTarget } from '../request-info.ts';
import type { AccessQuestion, Authorizer, ResourceAccess } from './authorizer.ts';
import { forbiddenError } from './forbidden.ts';

/** `verb`: where the request means another one than its method says. @throws ApiError Forbidden */
export function authorize(authorizer: Authorizer, request: ApiRequest, verb = request.info.verb): void {
  const question = { ...questionOf(request), verb };
  const decision = authorizer.decide(question);
  const allowed = decision?.allowed === true;
  request.auditAnnotations?.add('authorization.k8s.io/decision', allowed ? 'allow' : 'forbid');
  request.auditAnnotations?.add('authorization.k8s.io/reason', decision?.reason ?? '');
  if (!allowed) throw forbiddenError(question, decision?.reason);
}

function questionOf({ info, user, query }: ApiRequest): AccessQuestion {
  const { verb, path, resource } = info;
  return resource === undefined ? { user, verb, path } : { user, verb, path, resource: accessOf(resource, query) };
}

/** A namespace is in itself: rights in a namespace cover getting it. Who selects a name asks for that object. */
function accessOf(target: ResourceTarget, query: URLSearchParams): ResourceAccess {
  const { group, version, resource, subresource } = target;
  const name = target.name ?? selectedName(query) ?? '';
  const namespace = target.namespace ?? (group === '' && resource === 'namespaces' ? (target.name ?? '') : '');
  return { group, version, resource, subresource, namespace, name };
}

function selectedName(query: URLSearchParams): string | undefined {
  const selector = query.get('fieldSelector');
  if (selector === null) return undefined;
  try {
    return parseFieldSelector(selector).find(({ field, operator }) => field === 'metadata.name' && operator === '=')
      ?.value;
  } catch {
    // A selector that cannot be read is refused later, with its own words.
    return undefined;
  }
}
