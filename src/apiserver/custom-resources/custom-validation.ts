/** Validation of custom resources: the schema, list types, embedded objects and rules, on create and on update. */
import type { Descriptor, Warning } from '../../api/descriptor.ts';
import type { FieldError } from '../../api/field-error.ts';
import type { JSONSchemaProps } from '../../api/groups/apiextensions.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import { standardFinalizers } from '../../api/object-meta.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import { embeddedErrors } from './embedded-resources.ts';
import { duplicateItemErrors } from './validate-lists.ts';
import { askAllRules } from './validation-rules.ts';
import { schemaErrors } from './validate-schema.ts';

type Validation = Required<Pick<Descriptor<KubeObject>, 'validateCreate' | 'validateUpdate' | 'warnings'>>;

export function validation(schema: JSONSchemaProps): Validation {
  const warningsOf = new WeakMap<object, readonly Warning[]>();
  return {
    validateCreate(object) {
      const value = object as unknown as JsonObject;
      const place = { path: '', root: '' };
      const errors = [
        ...schemaErrors(schema, value, place),
        ...embeddedErrors(schema, value),
        ...duplicateItemErrors(schema, value),
      ];
      return [...errors, ...askAllRules(schema, value, place, errors).errors];
    },
    validateUpdate(object, old, { subresource }) {
      const value = object as unknown as JsonObject;
      const before = old as unknown as JsonObject;
      const place = { path: '', root: '', old: before };
      const errors = [
        ...(subresource === 'status'
          ? statusErrors(schema, value['status'], before['status'])
          : schemaErrors(schema, value, place)),
        ...embeddedErrors(schema, value),
        ...ratcheted((each) => duplicateItemErrors(schema, each), value, before),
      ];
      const found = askAllRules(schema, value, place, errors);
      if (found.warnings.length > 0) {
        warningsOf.set(
          object,
          found.warnings.map(({ field, message }) => `${field}: ${message}`),
        );
      }
      return [...errors, ...found.errors];
    },
    warnings: (object, old) => [...finalizerWarnings(object, old), ...(warningsOf.get(object) ?? [])],
  };
}

/** New finalizers without a path may be those of others, too. */
function finalizerWarnings({ metadata }: KubeObject, old: KubeObject | undefined): readonly Warning[] {
  const before = old?.metadata.finalizers ?? [];
  const added = new Set((metadata.finalizers ?? []).filter((name) => !before.includes(name)));
  const advice =
    'prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers';
  return [...added]
    .filter((name) => !name.includes('/') && !standardFinalizers.includes(name))
    .toSorted()
    .map((name) => `metadata.finalizers: ${JSON.stringify(name)}: ${advice}`);
}

/** The status is checked by itself, and errors name its fields from there. */
function statusErrors(schema: JSONSchemaProps, status: Json | undefined, old: Json | undefined): readonly FieldError[] {
  const own = schema.properties?.['status'];
  if (own === undefined || status === undefined) return [];
  return schemaErrors(own, status, { path: '', root: 'status', old });
}

/** What was wrong before may stay wrong. */
function ratcheted(
  check: (value: JsonObject) => readonly FieldError[],
  value: JsonObject,
  old: JsonObject,
): readonly FieldError[] {
  const errors = check(value);
  return errors.length === 0 || check(old).length > 0 ? [] : errors;
}
