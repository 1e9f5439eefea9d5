import type { Descriptor, Draft } from '../../descriptor.ts';
import { forbidden, invalid, requiredField, tooLong, type FieldError } from '../../field-error.ts';
import type { Secret } from '../../groups/core.v1.ts';
import { Secrets } from '../../resources.ts';
import { samePlain } from '../../equality.ts';
import { ageColumn, column, countColumn, nameColumn, table } from '../columns.ts';
import { configKeyErrors } from '../../names.ts';
import { base64Bytes, maxObjectDataBytes } from './data-size.ts';
import { goJsonError, goMismatch } from './go-json-error.ts';
import { certificateWarnings } from './tls-pair.ts';
import { selectable } from '../selectable.ts';

export const secretDescriptor: Descriptor<Secret> = {
  resource: Secrets,
  metadataInUpdate: 'both',
  defaults,
  prepareForUpdate(draft, old) {
    if (!draft.type) draft.type = old.type;
  },
  validateCreate: validateSecret,
  validateUpdate: (secret, old) => [...updateErrors(secret, old), ...validateSecret(secret)],
  warnings: (secret) => (secret.type === 'kubernetes.io/tls' ? certificateWarnings(secret.data ?? {}) : []),
  ...selectable<Secret>({ type: ({ type }) => type }),
  table: table<Secret>([
    nameColumn,
    column('Type', ({ type }) => type ?? ''),
    {
      ...countColumn<Secret>('Data', ({ data }) => Object.keys(data ?? {}).length),
      type: 'string',
    },
    ageColumn,
  ]),
};

/** Texts given in clear are written over the encoded ones, and are never stored. */
function defaults(draft: Draft<Secret>): void {
  if (!draft.type) draft.type = 'Opaque';
  const texts = Object.entries(draft.stringData ?? {});
  if (texts.length > 0) {
    const encoded = texts.map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
    draft.data = { ...draft.data, ...Object.fromEntries(encoded) };
  }
  delete draft.stringData;
}

function validateSecret(secret: Secret): readonly FieldError[] {
  const errors: FieldError[] = [];
  const data = secret.data ?? {};
  for (const key of Object.keys(data).toSorted()) {
    for (const detail of configKeyErrors(key)) errors.push(invalid(`data[${key}]`, key, detail));
  }
  const size = Object.values(data).reduce((sum, text) => sum + base64Bytes(text), 0);
  if (size > maxObjectDataBytes) errors.push(tooLong('data', maxObjectDataBytes));
  errors.push(...typeErrors(secret, data));
  return errors;
}

function typeErrors(secret: Secret, data: Readonly<Record<string, string>>): readonly FieldError[] {
  switch (secret.type) {
    case 'kubernetes.io/service-account-token':
      return secret.metadata.annotations?.['kubernetes.io/service-account.name']
        ? []
        : [requiredField('metadata.annotations[kubernetes.io/service-account.name]')];
    case 'kubernetes.io/dockercfg':
      return jsonKeyErrors(data, '.dockercfg');
    case 'kubernetes.io/dockerconfigjson':
      return jsonKeyErrors(data, '.dockerconfigjson');
    case 'kubernetes.io/basic-auth':
      return Object.hasOwn(data, 'username') || Object.hasOwn(data, 'password')
        ? []
        : [requiredField('data[username]'), requiredField('data[password]')];
    case 'kubernetes.io/ssh-auth':
      return data['ssh-privatekey'] ? [] : [requiredField('data[ssh-privatekey]')];
    case 'kubernetes.io/tls':
      return ['tls.crt', 'tls.key']
        .filter((key) => !Object.hasOwn(data, key))
        .map((key) => requiredField(`data[${key}]`));
    default:
      return [];
  }
}

function jsonKeyErrors(data: Readonly<Record<string, string>>, key: string): readonly FieldError[] {
  const encoded = data[key];
  if (encoded === undefined) return [requiredField(`data[${key}]`)];
  const text = Buffer.from(encoded, 'base64').toString();
  const error = goJsonError(text) ?? notAnObject(JSON.parse(text));
  return error === undefined ? [] : [invalid(`data[${key}]`, '<secret contents redacted>', error)];
}

function notAnObject(parsed: unknown): string | undefined {
  const fits = typeof parsed === 'object' && !Array.isArray(parsed);
  return fits ? undefined : goMismatch(parsed, 'value of type map[string]interface {}');
}

function updateErrors(secret: Secret, old: Secret): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (secret.type !== old.type) errors.push(invalid('type', secret.type, 'field is immutable'));
  if (old.immutable === true) {
    const detail = 'field is immutable when `immutable` is set';
    if (secret.immutable !== true) errors.push(forbidden('immutable', detail));
    if (!samePlain(secret.data ?? {}, old.data ?? {})) errors.push(forbidden('data', detail));
  }
  return errors;
}
