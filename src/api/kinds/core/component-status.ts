/** Kinds that are asked for or sent, never stored. */
import type { Descriptor } from '../../descriptor.ts';
import type { Binding, ComponentStatus } from '../../groups/core.v1.ts';
import { notSupported, requiredField, type FieldError } from '../../field-error.ts';
import { Bindings, ComponentStatuses } from '../../resources.ts';
import { column, nameColumn, table } from '../columns.ts';

export const componentStatusDescriptor: Descriptor<ComponentStatus> = {
  resource: ComponentStatuses,
  missingAs: 'componentstatus',
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
  table: table<ComponentStatus>([
    nameColumn,
    column('Status', (component) => {
      const condition = healthOf(component);
      if (condition === undefined) return 'Unknown';
      return condition.status === 'True' ? 'Healthy' : 'Unhealthy';
    }),
    column('Message', (component) => healthOf(component)?.message ?? ''),
    column('Error', (component) => healthOf(component)?.error ?? ''),
  ]),
};

export const bindingDescriptor: Descriptor<Binding> = {
  resource: Bindings,
  validateCreate: bindingErrors,
};

/** A pod can be bound to a node only. */
function bindingErrors({ target }: Binding): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (target.kind && target.kind !== 'Node') {
    errors.push(notSupported('target.kind', target.kind, ['Node', '<empty>']));
  }
  if (!target.name) errors.push(requiredField('target.name'));
  return errors;
}

function healthOf({ conditions }: ComponentStatus) {
  return conditions?.find(({ type }) => type === 'Healthy');
}
