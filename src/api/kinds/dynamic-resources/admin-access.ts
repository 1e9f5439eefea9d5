/** Devices that others use are given to administrators only in namespaces that are marked for it. */
import type { WriteContext } from '../../descriptor.ts';
import { forbidden, type FieldError } from '../../field-error.ts';

const label = 'resource.kubernetes.io/admin-access';

type Namespaced = Pick<WriteContext, 'namespaceLabels'>;

/** `asking`: for each request or result in its order, whether it has administrators' access; `field`: of one of them. */
export function adminAccessErrors(
  asking: readonly (boolean | null | undefined)[],
  field: (index: number) => string,
  { namespaceLabels }: Namespaced,
): readonly FieldError[] {
  const first = asking.indexOf(true);
  if (first < 0 || namespaceLabels === undefined || namespaceLabels()?.[label] === 'true') return [];
  const why = `admin access to devices requires the \`${label}: true\` label on the containing namespace`;
  return [forbidden(`${field(first)}.adminAccess`, why)];
}
