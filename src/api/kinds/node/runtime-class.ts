import type { Descriptor } from '../../descriptor.ts';
import { duplicate, invalid, requiredField, type FieldError } from '../../field-error.ts';
import type { RuntimeClass } from '../../groups/node.v1.ts';
import { dnsLabelErrors } from '../../name-rules.ts';
import { labelsErrors } from '../../object-meta.ts';
import { RuntimeClasses } from '../../resources.ts';
import { ageColumn, column, nameColumn, table } from '../columns.ts';
import { oldLabel } from '../node-label-warnings.ts';
import { tolerationsErrors } from '../pod/tolerations.ts';
import { overheadErrors } from '../pod/resources.ts';
import { goValue } from '../go-value.ts';

export const runtimeClassDescriptor: Descriptor<RuntimeClass> = {
  resource: RuntimeClasses,
  metadataInUpdate: 'both',
  unconditionalUpdate: false,
  validateCreate: validate,
  validateUpdate: (made, old) => [
    ...validate(made),
    ...(made.handler === old.handler ? [] : [invalid('handler', made.handler, 'field is immutable')]),
  ],
  warnings: ({ scheduling }) =>
    Object.keys(scheduling?.nodeSelector ?? {})
      .toSorted()
      .flatMap((key) => oldLabel(key, (advice) => `scheduling.nodeSelector: ${advice}`)),
  table: table<RuntimeClass>([nameColumn, column('Handler', ({ handler }) => handler), ageColumn]),
};

function validate({ handler, overhead, scheduling }: RuntimeClass): readonly FieldError[] {
  const errors: FieldError[] =
    handler === ''
      ? [requiredField('handler')]
      : dnsLabelErrors(handler).map((text) => invalid('handler', handler, text));
  if (overhead != null) errors.push(...overheadErrors(overhead.podFixed ?? {}, 'overhead'));
  if (scheduling != null) {
    const tolerations = scheduling.tolerations ?? [];
    errors.push(...labelsErrors(scheduling.nodeSelector, 'scheduling.nodeSelector'));
    errors.push(...tolerationsErrors(tolerations, 'scheduling.tolerations'));
    const seen = new Set<string>();
    for (const [index, toleration] of tolerations.entries()) {
      const value = goValue.toleration(toleration);
      const text = JSON.stringify(value);
      if (seen.has(text)) errors.push(duplicate(`scheduling.tolerations[${index}]`, value));
      seen.add(text);
    }
  }
  return errors;
}
