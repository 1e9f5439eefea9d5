/** Schemas of types as OpenAPI v3 shows them, with the extensions that clients merge and apply by. */
import { publishedDefault } from '../published-default.ts';
import type { GroupVersionKind } from '../message.ts';
import {
  resolve,
  type AnyType,
  type Field,
  type JsonObject,
  type ListType,
  type ObjectType,
  type Scalar,
} from '../schema.ts';
import { describeField, describeType } from './descriptions.ts';

export type Schema = JsonObject;

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const extensions = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1';

/** Scalars that have a schema of their own. */
export const namedScalars: Readonly<Partial<Record<Scalar, { readonly name: string; readonly schema: Schema }>>> = {
  quantity: {
    name: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
    schema: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  },
  time: { name: `${meta}.Time`, schema: { type: 'string', format: 'date-time' } },
  microTime: { name: `${meta}.MicroTime`, schema: { type: 'string', format: 'date-time' } },
  duration: { name: `${meta}.Duration`, schema: { type: 'string' } },
  intOrString: {
    name: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    schema: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  },
  rawObject: { name: 'io.k8s.apimachinery.pkg.runtime.RawExtension', schema: { type: 'object' } },
  json: { name: `${extensions}.JSON`, schema: {} },
  fieldSet: { name: `${meta}.FieldsV1`, schema: { type: 'object' } },
};

const plainScalars: Readonly<Partial<Record<Scalar, Schema>>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  bytes: { type: 'string', format: 'byte' },
};

/** Collects the schemas that a document refers to, each once. */
export class SchemaCollector {
  readonly #schemas = new Map<string, Schema>();
  readonly #kindsOf: (type: ObjectType) => readonly GroupVersionKind[];

  /** `kindsOf`: the kinds that a type stands for. */
  constructor(kindsOf: (type: ObjectType) => readonly GroupVersionKind[]) {
    this.#kindsOf = kindsOf;
  }

  /** By name, sorted. */
  get schemas(): Readonly<Record<string, Schema>> {
    return Object.fromEntries([...this.#schemas].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** The reference to a type's schema, or the schema itself where it has no name. */
  schemaOf(type: AnyType): Schema {
    switch (type.type) {
      case 'scalar':
        return this.#scalar(type.scalar);
      case 'list':
        return { type: 'array', items: this.schemaOf(type.of), ...listExtensions(type) };
      case 'map': {
        const atomic = type.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {};
        return { type: 'object', additionalProperties: this.schemaOf(type.of), ...atomic };
      }
      case 'object':
        return this.#object(type);
      case 'lazy':
        return this.schemaOf(resolve(type));
      case 'choice':
        return {};
    }
  }

  #scalar(scalar: Scalar): Schema {
    const named = namedScalars[scalar];
    if (named === undefined) return plainScalars[scalar] ?? {};
    this.#schemas.set(named.name, { ...described(describeType(named.name)), ...named.schema });
    return reference(named.name);
  }

  #object(type: ObjectType): Schema {
    if (!this.#schemas.has(type.name)) {
      this.#schemas.set(type.name, {});
      this.#schemas.set(type.name, this.#declare(type));
    }
    return reference(type.name);
  }

  #declare(type: ObjectType): Schema {
    if (type.published !== undefined) {
      for (const field of Object.values(type.fields))
        if (field.type.type === 'object' && field.type.lenient !== true) this.schemaOf(field.type);
      return type.published;
    }
    const fields = Object.entries(type.fields).sort(([a], [b]) => (a < b ? -1 : 1));
    const required = Object.entries(type.fields).flatMap(([name, field]) =>
      field.presence === 'required' ? [name] : [],
    );
    const kinds = this.#kindsOf(type);
    return {
      ...described(describeType(type.name)),
      type: 'object',
      ...(required.length === 0 ? {} : { required }),
      ...(fields.length === 0
        ? {}
        : {
            properties: Object.fromEntries(
              fields.map(([name, field]) => [name, this.#field(field, describeField(type, name))]),
            ),
          }),
      ...(type.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
      ...(kinds.length === 0
        ? {}
        : {
            'x-kubernetes-group-version-kind': kinds.map(({ group, kind, version }) => ({ group, kind, version })),
          }),
    };
  }

  #field(field: Field, description: string | undefined): Schema {
    const schema = this.schemaOf(field.type);
    const { patchStrategy, atomic } = field.options;
    const value = publishedDefault(field);
    const more = {
      ...described(description),
      ...(value === undefined ? {} : { default: value }),
      ...(patchStrategy === undefined ? {} : { 'x-kubernetes-patch-strategy': patchStrategy }),
      ...(atomic === undefined ? {} : { 'x-kubernetes-map-type': atomic ? 'atomic' : 'granular' }),
    };
    if (Object.keys(more).length === 0) return schema;
    return '$ref' in schema ? { allOf: [schema], ...more } : { ...schema, ...more };
  }
}

const described = (description: string | undefined): Schema => (description === undefined ? {} : { description });

const reference = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

function listExtensions({ options }: ListType): Schema {
  const { listType = 'atomic', keys, mergeKey, patchStrategy } = options;
  return {
    ...(keys === undefined ? {} : { 'x-kubernetes-list-map-keys': keys }),
    'x-kubernetes-list-type': listType,
    ...(mergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': mergeKey }),
    ...(patchStrategy === undefined ? {} : { 'x-kubernetes-patch-strategy': patchStrategy }),
  };
}
