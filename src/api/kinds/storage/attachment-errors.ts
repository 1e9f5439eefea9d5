import { invalid, requiredField, tooLong, type FieldError } from '../../field-error.ts';
import type { VolumeAttachment, VolumeAttributesClass } from '../../groups/storage.v1.ts';
import { samePlain } from '../../equality.ts';
import { qualifiedNameErrors } from '../../names.ts';
import { dnsSubdomainErrors } from '../../name-rules.ts';
import { driverNameErrors } from '../pod/volume-sources.ts';

const maxBytes = 256 * 1024;

export function attachmentErrors({ spec, status }: VolumeAttachment): readonly FieldError[] {
  const errors: FieldError[] = [...driverNameErrors(spec.attacher, 'spec.attacher')];
  const { persistentVolumeName, inlineVolumeSpec } = spec.source;
  if (persistentVolumeName == null && inlineVolumeSpec == null) {
    errors.push(requiredField('spec.source', 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'));
  }
  if (persistentVolumeName === '') {
    errors.push(requiredField('spec.source.persistentVolumeName', 'must specify non empty persistentVolumeName'));
  }
  errors.push(...dnsSubdomainErrors(spec.nodeName).map((text) => invalid('spec.nodeName', spec.nodeName, text)));
  for (const name of ['attachError', 'detachError'] as const) {
    if (Buffer.byteLength(status?.[name]?.message ?? '') > maxBytes)
      errors.push(tooLong(`status.${name}.message`, maxBytes));
  }
  return errors;
}

export function attachmentUpdateErrors(attachment: VolumeAttachment, old: VolumeAttachment): readonly FieldError[] {
  const errors = [...attachmentErrors(attachment)];
  if (!samePlain(attachment.spec, old.spec)) {
    const { attacher, source, nodeName } = attachment.spec;
    const shown = {
      Attacher: attacher,
      Source: {
        PersistentVolumeName: source.persistentVolumeName ?? null,
        InlineVolumeSpec: source.inlineVolumeSpec ?? null,
      },
      NodeName: nodeName,
    };
    errors.push(invalid('spec', shown, 'field is immutable'));
  }
  return errors;
}

export function attributesErrors({ driverName, parameters = {} }: VolumeAttributesClass): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (driverName === '') errors.push(requiredField('driverName'));
  else {
    const name = driverName.toLowerCase();
    errors.push(...qualifiedNameErrors(name).map((text) => invalid('driverName', name, text)));
  }
  const entries = Object.entries(parameters);
  if (entries.length === 0) errors.push(requiredField('parameters', 'must contain at least one key/value pair'));
  if (entries.some(([key]) => key === '')) errors.push(invalid('parameters', '', 'field can not be empty.'));
  const size = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  if (size > maxBytes) errors.push(tooLong('parameters', maxBytes));
  return errors;
}

export function attributesUpdateErrors(made: VolumeAttributesClass, old: VolumeAttributesClass): readonly FieldError[] {
  const changed = (['driverName', 'parameters'] as const).filter((name) => !samePlain(made[name], old[name]));
  return [...attributesErrors(made), ...changed.map((name) => invalid(name, made[name] ?? null, 'field is immutable'))];
}
