/** The types of group apiextensions, version v1. */
import { clusterScoped } from '../kind.ts';
import { Status } from './meta.v1.ts';
import {
  always,
  boolean,
  bytes,
  choice,
  double,
  int32,
  int64,
  json,
  lazy,
  list,
  map,
  namedString,
  object,
  optional,
  pointer,
  rawObject,
  required,
  string,
  time,
  type Json,
  type ObjectType,
  type Static,
} from '../schema.ts';

export const ConversionRequest = object('io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ConversionRequest', {
  uid: always(1, string),
  desiredAPIVersion: always(2, string),
  objects: always(3, list(rawObject)),
});
export interface ConversionRequest extends Static<typeof ConversionRequest> {}

export const ConversionResponse = object(
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ConversionResponse',
  {
    uid: always(1, string),
    convertedObjects: always(2, list(rawObject)),
    result: always(3, Status),
  },
);
export interface ConversionResponse extends Static<typeof ConversionResponse> {}

export const CustomResourceColumnDefinition = object(
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceColumnDefinition',
  {
    name: required(1, string),
    type: required(2, string),
    format: optional(3, string),
    description: optional(4, string),
    priority: optional(5, int32),
    jsonPath: required(6, string),
  },
);
export interface CustomResourceColumnDefinition extends Static<typeof CustomResourceColumnDefinition> {}

export const ServiceReference = object('io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ServiceReference', {
  namespace: required(1, string),
  name: required(2, string),
  path: pointer(3, string),
  port: pointer(4, int32),
});
export interface ServiceReference extends Static<typeof ServiceReference> {}

export const WebhookClientConfig = object(
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.WebhookClientConfig',
  {
    url: pointer(3, string),
    service: pointer(1, ServiceReference),
    caBundle: optional(2, bytes),
  },
);
export interface WebhookClientConfig extends Static<typeof WebhookClientConfig> {}

export const WebhookConversion = object('io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.WebhookConversion', {
  clientConfig: pointer(2, WebhookClientConfig),
  conversionReviewVersions: required(3, list(string)),
});
export interface WebhookConversion extends Static<typeof WebhookConversion> {}

export const CustomResourceConversion = object(
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceConversion',
  {
    strategy: required(1, namedString('v1.ConversionStrategyType')),
    webhook: pointer(2, WebhookConversion),
  },
);
export interface CustomResourceConversion extends Static<typeof CustomResourceConversion> {}

export const CustomResourceDefinitionNames = object(
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionNames',
  {
    plural: required(1, string),
    singular: optional(2, string),
    shortNames: optional(3, list(string)),
    kind: required(4, string),
    listKind: optional(5, string),
    categories: optional(6, list(string)),
  },
);
export interface CustomResourceDefinitionNames extends Static<typeof CustomResourceDefinitionNames> {}

export const CustomResourceSubresourceScale = object(
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceScale',
  {
    specReplicasPath: required(1, string),
    statusReplicasPath: required(2, string),
    labelSelectorPath: pointer(3, string),
  },
);
export interface CustomResourceSubresourceScale extends Static<typeof CustomResourceSubresourceScale> {}

export const CustomResourceSubresourceStatus = object(
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceStatus',
  {},
);
export interface CustomResourceSubresourceStatus extends Static<typeof CustomResourceSubresourceStatus> {}

export const CustomResourceSubresources = object(
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresources',
  {
    status: pointer(1, CustomResourceSubresourceStatus),
    scale: pointer(2, CustomResourceSubresourceScale),
  },
);
export interface CustomResourceSubresources extends Static<typeof CustomResourceSubresources> {}

export const ExternalDocumentation = object(
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ExternalDocumentation',
  {
    description: optional(1, string),
    url: optional(2, string),
  },
);
export interface ExternalDocumentation extends Static<typeof ExternalDocumentation> {}

export const ValidationRule = object('io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ValidationRule', {
  rule: required(1, string),
  message: optional(2, string),
  messageExpression: optional(3, string),
  reason: optional(4, namedString('v1.FieldValueErrorReason')),
  fieldPath: optional(5, string),
  optionalOldSelf: pointer(6, boolean),
});
export interface ValidationRule extends Static<typeof ValidationRule> {}

const schema = lazy<JSONSchemaProps>(() => JSONSchemaProps);
const schemas = list(schema);
const strings = list(string);

/** A schema, a list of schemas. */
const schemaOrList = choice<JSONSchemaProps | readonly JSONSchemaProps[]>(
  (value) => (Array.isArray(value) ? schemas : schema),
  [
    { number: 1, type: schema },
    { number: 2, type: schemas },
  ],
);
/** A schema, or whether anything is allowed. */
const schemaOrBoolean = choice<JSONSchemaProps | boolean>(
  (value) => (typeof value === 'boolean' ? boolean : schema),
  [
    { number: 1, type: boolean, otherwise: true },
    { number: 2, type: schema },
  ],
);
/** A schema, or the names of the fields that must be there too. */
const schemaOrStrings = choice<JSONSchemaProps | readonly string[]>(
  (value) => (Array.isArray(value) ? strings : schema),
  [
    { number: 1, type: schema },
    { number: 2, type: strings },
  ],
);

export interface JSONSchemaProps {
  readonly id?: string | undefined;
  readonly $schema?: string | undefined;
  readonly $ref?: string | undefined;
  readonly description?: string | undefined;
  readonly type?: string | undefined;
  readonly format?: string | undefined;
  readonly title?: string | undefined;
  readonly default?: Json | undefined;
  readonly maximum?: number | undefined;
  readonly exclusiveMaximum?: boolean | undefined;
  readonly minimum?: number | undefined;
  readonly exclusiveMinimum?: boolean | undefined;
  readonly maxLength?: number | undefined;
  readonly minLength?: number | undefined;
  readonly pattern?: string | undefined;
  readonly maxItems?: number | undefined;
  readonly minItems?: number | undefined;
  readonly uniqueItems?: boolean | undefined;
  readonly multipleOf?: number | undefined;
  readonly enum?: readonly Json[] | undefined;
  readonly maxProperties?: number | undefined;
  readonly minProperties?: number | undefined;
  readonly required?: readonly string[] | undefined;
  readonly items?: JSONSchemaProps | readonly JSONSchemaProps[] | undefined;
  readonly allOf?: readonly JSONSchemaProps[] | undefined;
  readonly oneOf?: readonly JSONSchemaProps[] | undefined;
  readonly anyOf?: readonly JSONSchemaProps[] | undefined;
  readonly not?: JSONSchemaProps | undefined;
  readonly properties?: Readonly<Record<string, JSONSchemaProps>> | undefined;
  readonly additionalProperties?: JSONSchemaProps | boolean | undefined;
  readonly patternProperties?: Readonly<Record<string, JSONSchemaProps>> | undefined;
  readonly dependencies?: Readonly<Record<string, JSONSchemaProps | readonly string[]>> | undefined;
  readonly additionalItems?: JSONSchemaProps | boolean | undefined;
  readonly definitions?: Readonly<Record<string, JSONSchemaProps>> | undefined;
  readonly externalDocs?: ExternalDocumentation | undefined;
  readonly example?: Json | undefined;
  readonly nullable?: boolean | undefined;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean | undefined;
  readonly 'x-kubernetes-embedded-resource'?: boolean | undefined;
  readonly 'x-kubernetes-int-or-string'?: boolean | undefined;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[] | undefined;
  readonly 'x-kubernetes-list-type'?: string | undefined;
  readonly 'x-kubernetes-map-type'?: string | undefined;
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[] | undefined;
}

export const JSONSchemaProps: ObjectType<JSONSchemaProps, JSONSchemaProps> = object(
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps',
  {
    id: optional(1, string),
    $schema: optional(2, namedString('v1.JSONSchemaURL')),
    $ref: pointer(3, string),
    description: optional(4, string),
    type: optional(5, string),
    format: optional(6, string),
    title: optional(7, string),
    default: pointer(8, json),
    maximum: pointer(9, double),
    exclusiveMaximum: optional(10, boolean),
    minimum: pointer(11, double),
    exclusiveMinimum: optional(12, boolean),
    maxLength: pointer(13, int64),
    minLength: pointer(14, int64),
    pattern: optional(15, string),
    maxItems: pointer(16, int64),
    minItems: pointer(17, int64),
    uniqueItems: optional(18, boolean),
    multipleOf: pointer(19, double),
    enum: optional(20, list(json)),
    maxProperties: pointer(21, int64),
    minProperties: pointer(22, int64),
    required: optional(23, list(string)),
    items: pointer(24, schemaOrList),
    allOf: optional(25, list(lazy<JSONSchemaProps>(() => JSONSchemaProps))),
    oneOf: optional(26, list(lazy<JSONSchemaProps>(() => JSONSchemaProps))),
    anyOf: optional(27, list(lazy<JSONSchemaProps>(() => JSONSchemaProps))),
    not: pointer(
      28,
      lazy<JSONSchemaProps>(() => JSONSchemaProps),
    ),
    properties: optional(29, map(lazy<JSONSchemaProps>(() => JSONSchemaProps))),
    additionalProperties: pointer(30, schemaOrBoolean),
    patternProperties: optional(31, map(lazy<JSONSchemaProps>(() => JSONSchemaProps))),
    dependencies: optional(32, map(schemaOrStrings)),
    additionalItems: pointer(33, schemaOrBoolean),
    definitions: optional(34, map(lazy<JSONSchemaProps>(() => JSONSchemaProps))),
    externalDocs: pointer(35, ExternalDocumentation),
    example: pointer(36, json),
    nullable: optional(37, boolean),
    'x-kubernetes-preserve-unknown-fields': pointer(38, boolean),
    'x-kubernetes-embedded-resource': optional(39, boolean),
    'x-kubernetes-int-or-string': optional(40, boolean),
    'x-kubernetes-list-map-keys': optional(41, list(string)),
    'x-kubernetes-list-type': pointer(42, string),
    'x-kubernetes-map-type': pointer(43, string),
    'x-kubernetes-validations': optional(
      44,
      list(ValidationRule, { listType: 'map', keys: ['rule'], mergeKey: 'rule', patchStrategy: 'merge' }),
    ),
  },
);

export const CustomResourceValidation = object(
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceValidation',
  {
    openAPIV3Schema: pointer(1, JSONSchemaProps),
  },
);
export interface CustomResourceValidation extends Static<typeof CustomResourceValidation> {}

export const SelectableField = object('io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.SelectableField', {
  jsonPath: required(1, string),
});
export interface SelectableField extends Static<typeof SelectableField> {}

export const CustomResourceDefinitionVersion = object(
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionVersion',
  {
    name: required(1, string),
    served: required(2, boolean),
    storage: required(3, boolean),
    deprecated: optional(7, boolean),
    deprecationWarning: pointer(8, string),
    schema: pointer(4, CustomResourceValidation),
    subresources: pointer(5, CustomResourceSubresources),
    additionalPrinterColumns: optional(6, list(CustomResourceColumnDefinition)),
    selectableFields: optional(9, list(SelectableField)),
  },
);
export interface CustomResourceDefinitionVersion extends Static<typeof CustomResourceDefinitionVersion> {}

export const CustomResourceDefinitionSpec = object(
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionSpec',
  {
    group: required(1, string),
    names: required(3, CustomResourceDefinitionNames),
    scope: required(4, namedString('v1.ResourceScope')),
    versions: required(7, list(CustomResourceDefinitionVersion)),
    conversion: pointer(9, CustomResourceConversion),
    preserveUnknownFields: optional(10, boolean),
  },
);
export interface CustomResourceDefinitionSpec extends Static<typeof CustomResourceDefinitionSpec> {}

export const CustomResourceDefinitionCondition = object(
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionCondition',
  {
    type: required(1, namedString('v1.CustomResourceDefinitionConditionType')),
    status: required(2, namedString('v1.ConditionStatus')),
    lastTransitionTime: optional(3, time, { nullable: true }),
    reason: optional(4, string),
    message: optional(5, string),
    observedGeneration: pointer(6, int64),
  },
);
export interface CustomResourceDefinitionCondition extends Static<typeof CustomResourceDefinitionCondition> {}

export const CustomResourceDefinitionStatus = object(
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionStatus',
  {
    conditions: always(1, list(CustomResourceDefinitionCondition, { listType: 'map', keys: ['type'] })),
    acceptedNames: always(2, CustomResourceDefinitionNames),
    storedVersions: always(3, list(string)),
    observedGeneration: pointer(4, int64),
  },
);
export interface CustomResourceDefinitionStatus extends Static<typeof CustomResourceDefinitionStatus> {}

export const CustomResourceDefinition = clusterScoped(
  'apiextensions.k8s.io/v1',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition',
  {
    spec: required(2, CustomResourceDefinitionSpec),
    status: always(3, CustomResourceDefinitionStatus),
  },
);
export interface CustomResourceDefinition extends Static<typeof CustomResourceDefinition> {}
