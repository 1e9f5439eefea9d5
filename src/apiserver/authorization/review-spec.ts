/** A question as the spec of a SubjectAccessReview: what webhooks are sent and their conditions look at. */
import type { FieldRequirement } from '../../api/field-selector.ts';
import type { LabelOperator, LabelRequirement } from '../../api/label-selector.ts';
import type { AccessQuestion, ResourceAccess } from './authorizer.ts';

export interface ReviewSpec {
  readonly resourceAttributes?: Readonly<Record<string, unknown>>;
  readonly nonResourceAttributes?: { readonly path: string; readonly verb: string };
  readonly user: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
  readonly uid?: string;
}

export function reviewSpecOf({ user, verb, path, resource }: AccessQuestion): ReviewSpec {
  const { name, groups, extra, uid } = user;
  return {
    ...(resource === undefined
      ? { nonResourceAttributes: { path, verb } }
      : { resourceAttributes: attributesOf(resource, verb) }),
    user: name,
    groups,
    ...(extra === undefined ? {} : { extra }),
    ...(uid === undefined || uid === '' ? {} : { uid }),
  };
}

/** Members without a value are left out. */
function attributesOf(access: ResourceAccess, verb: string): Readonly<Record<string, unknown>> {
  const { group, version, resource, subresource, namespace, name, fieldSelector, labelSelector } = access;
  const labels = (labelSelector ?? []).flatMap(writtenLabel);
  const members = {
    namespace,
    verb,
    group,
    version,
    resource,
    subresource,
    name,
    fieldSelector: fieldSelector?.length ? { requirements: fieldSelector.map(writtenField) } : undefined,
    labelSelector: labels.length > 0 ? { requirements: labels } : undefined,
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== ''));
}

const writtenField = ({ field, operator, value }: FieldRequirement): object => ({
  key: field,
  operator: operator === '=' ? 'In' : 'NotIn',
  values: [value],
});

/** Comparisons of numbers have no form in a review. */
const labelOperators: Partial<Record<LabelOperator, string>> = {
  '=': 'In',
  '==': 'In',
  in: 'In',
  '!=': 'NotIn',
  notin: 'NotIn',
  exists: 'Exists',
  '!': 'DoesNotExist',
};

function writtenLabel({ key, operator: read, values }: LabelRequirement): object[] {
  const operator = labelOperators[read];
  return operator === undefined ? [] : [{ key, operator, ...(values.length === 0 ? {} : { values }) }];
}
