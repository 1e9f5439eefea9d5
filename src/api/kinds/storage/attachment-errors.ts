import { forbidden, invalid, requiredField, tooLong, type FieldError } from '../../field-error.ts';
import type { VolumeAttachment, VolumeAttributesClass } from '../../groups/storage.v1.ts';
import { samePlain } from '../../equality.ts';
import { qualifiedNameErrors } from '../../names.ts';
import { dnsSubdomainErrors } from '../../name-rules.ts';
import { driverNameErrors } from '../pod/volume-sources.ts';
import { within } from '../number-errors.ts';
import { inlineVolumeErrors } from './volume-errors.ts';

type Source = VolumeAttachment['spec']['source'];

const maxBytes = 256 * 1024;
const maxMessageBytes = 1024;
const highestCode = 2_147_483_647;
const oneSource = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';

/** Names are looked at when the attachment is made, after all the rest. */
export function attachmentCreateErrors(attachment: VolumeAttachment): readonly FieldError[] {
  const { attacher, source } = attachment.spec;
  const { persistentVolumeName: name } = source;
  const field = 'spec.source.persistentVolumeName';
  return [
    ...attachmentErrors(attachment),
    ...driverNameErrors(attacher, 'spec.attacher'),
    ...(name == null ? [] : dnsSubdomainErrors(name).map((text) => invalid(field, name, text))),
  ];
}

function sourceErrors({ persistentVolumeName, inlineVolumeSpec }: Source, field: string): readonly FieldError[] {
  if (persistentVolumeName != null && inlineVolumeSpec != null) return [forbidden(field, oneSource)];
  if (inlineVolumeSpec != null) return inlineVolumeErrors(inlineVolumeSpec, `${field}.inlineVolumeSpec`);
  if (persistentVolumeName == null) return [requiredField(field, oneSource)];
  return persistentVolumeName === ''
    ? [requiredField(`${field}.persistentVolumeName`, 'must specify non empty persistentVolumeName')]
    : [];
}

function attachmentErrors({ spec, status }: VolumeAttachment): readonly FieldError[] {
  const errors: FieldError[] = spec.attacher === '' ? [requiredField('spec.attacher')] : [];
  errors.push(...sourceErrors(spec.source, 'spec.source'));
  errors.push(...dnsSubdomainErrors(spec.nodeName).map((text) => invalid('spec.nodeName', spec.nodeName, text)));
  if (textBytes(status?.attachmentMetadata ?? {}) > maxBytes) {
    errors.push(tooLong('status.attachmentMetadata', maxBytes));
  }
  for (const name of ['attachError', 'detachError'] as const) {
    // The original says another bound than the one it keeps.
    if (Buffer.byteLength(status?.[name]?.message ?? '') > maxMessageBytes)
      errors.push(tooLong(`status.${name}.message`, maxBytes));
    errors.push(...within(status?.[name]?.errorCode, 0, highestCode, `status.${name}.errorCode`));
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

function textBytes(texts: Readonly<Record<string, string>>): number {
  return Object.entries(texts).reduce((sum, [key, text]) => sum + Buffer.byteLength(key) + Buffer.byteLength(text), 0);
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
  if (textBytes(parameters) > maxBytes) errors.push(tooLong('parameters', maxBytes));
  return errors;
}

export function attributesUpdateErrors(made: VolumeAttributesClass, old: VolumeAttributesClass): readonly FieldError[] {
  const changed = (['driverName', 'parameters'] as const).filter((name) => !samePlain(made[name], old[name]));
  return [...changed.map((name) => forbidden(name, `updates to ${name} are forbidden.`)), ...attributesErrors(made)];
}
