import type { Descriptor } from '../../descriptor.ts';
import { forbidden, tooLong, type FieldError } from '../../field-error.ts';
import { invalid } from '../../field-error.ts';
import type { ConfigMap } from '../../groups/core.v1.ts';
import { ConfigMaps } from '../../resources.ts';
import { samePlain } from '../../equality.ts';
import { ageColumn, countColumn, nameColumn, table } from '../columns.ts';
import { configKeyErrors } from '../../names.ts';
import { base64Bytes, maxObjectDataBytes, utf8Bytes } from './data-size.ts';

export const configMapDescriptor: Descriptor<ConfigMap> = {
  resource: ConfigMaps,
  metadataInUpdate: 'both',
  validateCreate: validateConfigMap,
  validateUpdate: (map, old) => [...immutableErrors(map, old), ...validateConfigMap(map)],
  table: table<ConfigMap>([
    nameColumn,
    {
      ...countColumn<ConfigMap>('Data', ({ data, binaryData }) => {
        return Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length;
      }),
      type: 'string',
    },
    ageColumn,
  ]),
};

function validateConfigMap({ data = {}, binaryData = {} }: ConfigMap): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const key of Object.keys(data).toSorted()) {
    for (const detail of configKeyErrors(key)) errors.push(invalid(`data[${key}]`, key, detail));
    if (Object.hasOwn(binaryData, key)) {
      errors.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    }
  }
  for (const key of Object.keys(binaryData).toSorted()) {
    for (const detail of configKeyErrors(key)) errors.push(invalid(`binaryData[${key}]`, key, detail));
  }
  const size =
    Object.values(data).reduce((sum, text) => sum + utf8Bytes(text), 0) +
    Object.values(binaryData).reduce((sum, text) => sum + base64Bytes(text), 0);
  if (size > maxObjectDataBytes) errors.push(tooLong('[]', maxObjectDataBytes));
  return errors;
}

function immutableErrors(map: ConfigMap, old: ConfigMap): readonly FieldError[] {
  if (old.immutable !== true) return [];
  const errors: FieldError[] = [];
  const refuse = (field: string): number => errors.push(forbidden(field, 'field is immutable when `immutable` is set'));
  if (map.immutable !== true) refuse('immutable');
  if (!samePlain(map.data ?? {}, old.data ?? {})) refuse('data');
  if (!samePlain(map.binaryData ?? {}, old.binaryData ?? {})) refuse('binaryData');
  return errors;
}
