/**
 * What a CustomResourceDefinition may say. Errors about schemas, subresources and columns name the places they had when a
 * definition had one version only (`spec.validation`), wherever all its versions say the same.
 */
import { samePlain } from '../../equality.ts';
import { forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type {
  CustomResourceColumnDefinition,
  CustomResourceDefinition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionSpec,
  CustomResourceDefinitionVersion,
  CustomResourceSubresources,
  JSONSchemaProps,
} from '../../groups/apiextensions.v1.ts';
import { dns1035LabelErrors, subdomainErrors } from '../../names.ts';
import { approvalErrors } from './approval-errors.ts';
import { conversionErrors, hasBadBundle } from './conversion-errors.ts';
import { schemaShape, versionsShape, type SharedParts } from './definition-shape.ts';
import { selectableErrors } from './selectable-errors.ts';
import { hasDefaults, structuralErrors } from './structural-errors.ts';

export function definitionErrors(definition: CustomResourceDefinition): readonly FieldError[] {
  const { metadata, spec, status } = definition;
  const isNamed = metadata.name === `${spec.names.plural}.${spec.group}`;
  return [
    ...(isNamed ? [] : [invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group')]),
    ...specErrors(spec, undefined, true),
    ...definitionStatusErrors(definition),
    ...storedVersionErrors(status?.storedVersions, spec.versions ?? []),
    ...approvalErrors(definition, undefined),
    ...unknownFieldErrors(spec),
  ];
}

export function definitionUpdateErrors(
  definition: CustomResourceDefinition,
  old: CustomResourceDefinition,
): readonly FieldError[] {
  const { spec, status } = definition;
  const established = old.status?.conditions?.some(({ type, status: is }) => type === 'Established' && is === 'True');
  const immutable = (field: string, now: unknown, before: unknown): readonly FieldError[] =>
    now === before ? [] : [invalid(field, now, 'field is immutable')];
  return [
    ...specErrors(spec, old, established !== true || hasBadBundle(old.spec.conversion)),
    ...(established === true ? immutable('spec.scope', spec.scope, old.spec.scope) : []),
    ...(established === true ? immutable('spec.names.kind', spec.names.kind, old.spec.names.kind) : []),
    ...immutable('spec.group', spec.group, old.spec.group),
    ...immutable('spec.names.plural', spec.names.plural, old.spec.names.plural),
    ...definitionStatusErrors(definition),
    ...storedVersionErrors(status?.storedVersions, spec.versions ?? []),
    ...approvalErrors(definition, old),
    ...(old.spec.preserveUnknownFields === true ? [] : unknownFieldErrors(spec)),
  ];
}

export function definitionStatusErrors({ status }: CustomResourceDefinition): readonly FieldError[] {
  return status?.acceptedNames === undefined ? [] : namesErrors(status.acceptedNames, 'status.acceptedNames');
}

/** `old`: of an update. `anyBundle`: the certificates of a conversion need not be readable. */
function specErrors(
  spec: CustomResourceDefinitionSpec,
  old: CustomResourceDefinition | undefined,
  anyBundle: boolean,
): readonly FieldError[] {
  const versions = spec.versions ?? [];
  const errors: FieldError[] = [...groupErrors(spec.group)];
  if (!spec.scope) errors.push(requiredField('spec.scope'));
  else if (spec.scope !== 'Cluster' && spec.scope !== 'Namespaced') {
    errors.push(notSupported('spec.scope', spec.scope, ['Cluster', 'Namespaced']));
  }
  versions.forEach(({ schema }, i) => {
    if (schema?.openAPIV3Schema === undefined) errors.push(requiredField(`spec.versions[${i}].schema.openAPIV3Schema`));
  });
  if (spec.preserveUnknownFields === true && versions.some(({ schema }) => hasDefaults(schema?.openAPIV3Schema))) {
    const why = 'must be false in order to use defaults in the schema';
    errors.push(invalid('spec.preserveUnknownFields', true, why));
  }
  const shared = sharedParts(versions);
  versions.forEach((version, i) => {
    errors.push(...versionErrors(version, `spec.versions[${i}]`, shared));
    if (!shared.selectable) errors.push(...versionSelectableErrors(version, i, shared, old));
  });
  const wrong = (why: string): void =>
    void errors.push(invalid('spec.versions', versionsShape(spec.versions, shared), why));
  if (new Set(versions.map(({ name }) => name)).size < versions.length) wrong('must contain unique version names');
  if (versions.filter(({ storage }) => storage).length !== 1) {
    wrong('must have exactly one version marked as storage version');
  }
  const [first] = versions;
  const firstTexts = first === undefined || first.name === '' ? [] : dns1035LabelErrors(first.name);
  if (firstTexts.length > 0) errors.push(invalid('spec.version', first?.name, firstTexts.join(',')));
  const strategy = spec.conversion?.strategy ?? 'None';
  return [
    ...errors,
    ...requiredNameErrors(spec.names),
    ...namesErrors(spec.names, 'spec.names'),
    ...(first !== undefined && shared.schema ? schemaErrors(first, 'spec.validation', versions.some(hasStatus)) : []),
    ...(first !== undefined && shared.subresources ? subresourceErrors(first.subresources, 'spec.subresources') : []),
    ...(first !== undefined && shared.columns ? columnErrors(first, 'spec.additionalPrinterColumns') : []),
    ...(first !== undefined && shared.selectable ? sharedSelectableErrors(first, shared, old) : []),
    ...(spec.preserveUnknownFields === true && strategy !== 'None'
      ? [invalid('spec.conversion.strategy', strategy, 'must be None if spec.preserveUnknownFields is true')]
      : []),
    ...conversionErrors(spec.conversion, 'spec.conversion', anyBundle),
  ];
}

function groupErrors(group: string): readonly FieldError[] {
  if (group === '') return [requiredField('spec.group')];
  const texts = subdomainErrors(group);
  if (texts.length > 0) return [invalid('spec.group', group, texts.join(','))];
  return group.includes('.') ? [] : [invalid('spec.group', group, 'should be a domain with at least one dot')];
}

/** Fields that selectors may name, which all versions have alike: they stand beside a schema that all have alike. */
function sharedSelectableErrors(
  { schema, selectableFields = [] }: CustomResourceDefinitionVersion,
  shared: SharedParts,
  old: CustomResourceDefinition | undefined,
): readonly FieldError[] {
  const field = 'spec.selectableFields';
  if (selectableFields.length === 0) return [];
  if (!shared.schema || schema == null) {
    return [invalid(field, '', 'may only be set when validations.schema is included')];
  }
  const before = old?.spec.versions ?? [];
  const stays = sharedParts(before).selectable && samePlain(before[0]?.selectableFields, selectableFields);
  return selectableErrors(selectableFields, schema.openAPIV3Schema ?? {}, field, stays);
}

function versionSelectableErrors(
  { name, schema, selectableFields = [] }: CustomResourceDefinitionVersion,
  index: number,
  shared: SharedParts,
  old: CustomResourceDefinition | undefined,
): readonly FieldError[] {
  const field = `spec.versions[${index}].selectableFields`;
  if (selectableFields.length === 0) return [];
  if (shared.schema || schema?.openAPIV3Schema === undefined) {
    return [invalid(field, '', 'may only be set when `version.schema.openAPIV3Schema` is not included')];
  }
  const before = (old?.spec.versions ?? []).find((version) => version.name === name);
  const stays = before !== undefined && samePlain(before.selectableFields, selectableFields);
  return selectableErrors(selectableFields, schema.openAPIV3Schema, field, stays);
}

/** What all versions say alike. */
function sharedParts(versions: readonly CustomResourceDefinitionVersion[]): SharedParts {
  const same = (part: keyof CustomResourceDefinitionVersion): boolean =>
    versions.every((version) => samePlain(version[part], versions[0]?.[part]));
  return {
    schema: same('schema'),
    subresources: same('subresources'),
    columns: same('additionalPrinterColumns'),
    selectable: same('selectableFields'),
  };
}

function versionErrors(
  version: CustomResourceDefinitionVersion,
  field: string,
  shared: SharedParts,
): readonly FieldError[] {
  const texts = dns1035LabelErrors(version.name);
  return [
    ...(texts.length === 0 ? [] : [invalid(`${field}.name`, version.name, texts.join(','))]),
    ...deprecationErrors(version, `${field}.deprecationWarning`),
    ...(shared.schema ? [] : schemaErrors(version, `${field}.schema`, hasStatus(version))),
    ...(shared.subresources ? [] : subresourceErrors(version.subresources, `${field}.subresources`)),
    ...(shared.columns ? [] : columnErrors(version, `${field}.additionalPrinterColumns`)),
  ];
}

const maxWarningLength = 256;

function deprecationErrors(version: CustomResourceDefinitionVersion, field: string): readonly FieldError[] {
  const { deprecated, deprecationWarning: warning } = version;
  if (warning === undefined) return [];
  if (deprecated !== true) return [invalid(field, warning, 'can only be set for deprecated versions')];
  const texts: string[] = [];
  if (Buffer.byteLength(warning) > maxWarningLength) texts.push(`must be <= ${maxWarningLength} characters long`);
  if (warning === '') texts.push('must not be an empty string');
  const odd = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.exec(warning);
  if (odd !== null) {
    const at = Buffer.byteLength(warning.slice(0, odd.index));
    texts.push(`must only contain printable UTF-8 characters; non-printable character found at index ${at}`);
  }
  return texts.map((text) => invalid(field, warning, text));
}

/** What the root of a schema may say beside a status that is taken out of it. */
const atRoot = [
  'description',
  'type',
  'format',
  'title',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'uniqueItems',
  'multipleOf',
  'required',
  'items',
  'properties',
  'externalDocs',
  'example',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-validations',
];

/** `hasStatus`: the status is a subresource of its own. */
function schemaErrors(
  { schema }: CustomResourceDefinitionVersion,
  field: string,
  hasStatus: boolean,
): readonly FieldError[] {
  const root = schema?.openAPIV3Schema;
  if (root === undefined) return [];
  const where = `${field}.openAPIV3Schema`;
  return [
    ...(hasStatus ? rootErrors(root, where) : []),
    ...(root.nullable === true ? [forbidden(`${where}.nullable`, 'nullable cannot be true at the root')] : []),
    ...structuralErrors(root, where),
  ];
}

const hasStatus = ({ subresources }: CustomResourceDefinitionVersion): boolean => subresources?.status !== undefined;

function rootErrors(root: JSONSchemaProps, field: string): readonly FieldError[] {
  const under = 'if the status subresource is enabled';
  if (root.type !== undefined && root.type !== 'object') {
    const why = `only "object" is allowed as the type at the root of the schema ${under}`;
    return [invalid(`${field}.type`, root.type, why)];
  }
  const given = Object.entries(root).filter(([, value]) => value !== undefined && value !== '' && value !== false);
  if (given.every(([name]) => atRoot.includes(name))) return [];
  const names = atRoot.map((name) => goName(name)).join(' ');
  return [invalid(field, schemaShape(root), `only [${names}] fields are allowed at the root of the schema ${under}`)];
}

/** As the original's text has them. */
function goName(name: string): string {
  const words = name.replace(/^x-kubernetes-/, 'x-').split('-');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function subresourceErrors(subresources: CustomResourceSubresources | undefined, field: string): readonly FieldError[] {
  const scale = subresources?.scale;
  if (scale === undefined) return [];
  const { specReplicasPath: wanted, statusReplicasPath: actual, labelSelectorPath: selector } = scale;
  const below = (name: string, path: string, root: string): readonly FieldError[] => {
    if (path === '') return [requiredField(`${field}.scale.${name}`)];
    const errors = pathErrors(path, `${field}.scale.${name}`);
    if (errors.length > 0 || path.startsWith(`${root}.`)) return errors;
    return [invalid(`${field}.scale.${name}`, path, `should be a json path under ${root}`)];
  };
  return [
    ...below('specReplicasPath', wanted, '.spec'),
    ...below('statusReplicasPath', actual, '.status'),
    ...(selector === undefined || selector === '' ? [] : selectorErrors(selector, `${field}.scale.labelSelectorPath`)),
  ];
}

function selectorErrors(path: string, field: string): readonly FieldError[] {
  const errors = pathErrors(path, field);
  if (errors.length > 0 || /^\.(?:spec|status)\./.test(path)) return errors;
  return [invalid(field, path, 'should be a json path under either .spec or .status')];
}

function pathErrors(path: string, field: string): readonly FieldError[] {
  return path.startsWith('.') ? [] : [invalid(field, path, 'must be a simple json path starting with .')];
}

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string'];
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

function columnErrors(version: CustomResourceDefinitionVersion, field: string): readonly FieldError[] {
  return (version.additionalPrinterColumns ?? []).flatMap((column, i) => oneColumnErrors(column, `${field}[${i}]`));
}

function oneColumnErrors(column: CustomResourceColumnDefinition, field: string): readonly FieldError[] {
  const { name, type, format = '', jsonPath } = column;
  const errors: FieldError[] = [];
  const oneOf = (list: readonly string[]): string => `must be one of ${list.join(',')}`;
  if (name === '') errors.push(requiredField(`${field}.name`));
  if (type === '') errors.push(requiredField(`${field}.type`, oneOf(columnTypes)));
  else if (!columnTypes.includes(type)) errors.push(invalid(`${field}.type`, type, oneOf(columnTypes)));
  if (format !== '' && !columnFormats.includes(format)) {
    errors.push(invalid(`${field}.format`, format, oneOf(columnFormats)));
  }
  if (jsonPath === '') errors.push(requiredField(`${field}.JSONPath`));
  else errors.push(...pathErrors(jsonPath, `${field}.JSONPath`));
  return errors;
}

function requiredNameErrors(names: CustomResourceDefinitionNames): readonly FieldError[] {
  const { plural = '', singular = '', kind = '', listKind = '' } = names;
  const all = Object.entries({ plural, singular, kind, listKind });
  return all.flatMap(([name, value]) => (value === '' ? [requiredField(`spec.names.${name}`)] : []));
}

function namesErrors(names: CustomResourceDefinitionNames, at: string): readonly FieldError[] {
  const { plural = '', singular = '', kind = '', listKind = '', shortNames = [], categories = [] } = names;
  const label = (field: string, value: string, prefix = ''): readonly FieldError[] => {
    const texts = value === '' ? [] : dns1035LabelErrors(prefix === '' ? value : value.toLowerCase());
    return texts.length === 0 ? [] : [invalid(`${at}.${field}`, value, prefix + texts.join(','))];
  };
  const inList = (field: string, value: string): readonly FieldError[] => {
    const texts = dns1035LabelErrors(value);
    return texts.length === 0 ? [] : [invalid(`${at}.${field}`, value, texts.join(','))];
  };
  const mixed = 'may have mixed case, but should otherwise match: ';
  return [
    ...label('plural', plural),
    ...label('singular', singular),
    ...label('kind', kind, mixed),
    ...label('listKind', listKind, mixed),
    ...shortNames.flatMap((name, i) => inList(`shortNames[${i}]`, name)),
    ...(kind !== '' && kind === listKind
      ? [invalid(`${at}.listKind`, listKind, 'kind and listKind may not be the same')]
      : []),
    ...categories.flatMap((name, i) => inList(`categories[${i}]`, name)),
  ];
}

function storedVersionErrors(
  stored: readonly string[] | null | undefined,
  versions: readonly CustomResourceDefinitionVersion[],
): readonly FieldError[] {
  const field = 'status.storedVersions';
  if (stored === undefined || stored === null || stored.length === 0) {
    return [invalid(field, stored?.length === 0 ? null : stored, 'must have at least one stored version')];
  }
  const lacking = versions
    .filter(({ name, storage }) => storage && !stored.includes(name))
    .map(({ name }) => invalid(field, stored, `must have the storage version ${name}`));
  const missing = stored.flatMap((name, i) =>
    versions.some((version) => version.name === name)
      ? []
      : [
          invalid(
            `${field}[${i}]`,
            name,
            `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions ` +
              `until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`,
          ),
        ],
  );
  return [...lacking, ...missing];
}

function unknownFieldErrors({ preserveUnknownFields }: CustomResourceDefinitionSpec): readonly FieldError[] {
  if (preserveUnknownFields !== true) return [];
  const instead = 'set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
  return [invalid('spec.preserveUnknownFields', true, `cannot set to true, ${instead}`)];
}
