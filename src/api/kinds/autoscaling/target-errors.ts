import { invalid, requiredField, type FieldError } from '../../field-error.ts';
import type { CrossVersionObjectReference } from '../../groups/autoscaling.v2.ts';
import { pathSegmentErrors } from '../../name-rules.ts';

/** Which versions a target may name. */
export type TargetVersions = 'with-group' | 'with-or-without-group' | 'any';

export function targetErrors(
  { kind, name, apiVersion = '' }: CrossVersionObjectReference,
  field: string,
  versions: TargetVersions,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [part, value] of [
    ['kind', kind],
    ['name', name],
  ] as const) {
    if (value === '') errors.push(requiredField(`${field}.${part}`));
    else errors.push(...pathSegmentErrors(value).map((text) => invalid(`${field}.${part}`, value, text)));
  }
  if (versions === 'any') return errors;
  const problem = versionProblem(apiVersion, versions === 'with-group');
  return problem === undefined ? errors : [...errors, invalid(`${field}.apiVersion`, apiVersion, problem)];
}

/** Why an apiVersion is none; `withGroup`: the core group, which has no name, is refused too. */
export function versionProblem(apiVersion: string, withGroup: boolean): string | undefined {
  const [group = '', version, ...more] = apiVersion.split('/');
  if (more.length > 0) return `unexpected GroupVersion string: ${apiVersion}`;
  return withGroup && (version === undefined || group === '') ? 'apiVersion must specify API group' : undefined;
}
