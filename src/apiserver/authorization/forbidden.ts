/** The error for a refused question, in Kubernetes' words. */
import { ApiError } from '../../api/api-error.ts';
import type { AccessQuestion } from './authorizer.ts';

/** `reason`: what the authorizers had to say; '' = nothing. */
export function forbiddenError({ user, verb, path, resource }: AccessQuestion, reason = ''): ApiError {
  const who = `User ${JSON.stringify(user.name)} cannot ${verb}`;
  const why = reason === '' ? '' : `: ${reason}`;
  if (resource === undefined) {
    return new ApiError('Forbidden', `forbidden: ${who} path ${JSON.stringify(path)}${why}`, {});
  }
  const { group, resource: plural, subresource, namespace, name } = resource;
  const what = subresource === '' ? plural : `${plural}/${subresource}`;
  const qualified = group === '' ? plural : `${plural}.${group}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  const text = `${who} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}${why}`;
  const subject = name === '' ? `${qualified} is ` : `${qualified} ${JSON.stringify(name)} is `;
  return new ApiError('Forbidden', `${plural === '' ? '' : subject}forbidden: ${text}`, { name, group, kind: plural });
}
