/** The types of group admissionregistration, version v1. */
import { clusterScoped } from '../kind.ts';
import { Condition, LabelSelector } from './meta.v1.ts';
import {
  always,
  bytes,
  inline,
  int32,
  int64,
  list,
  namedString,
  object,
  optional,
  pointer,
  required,
  string,
  type Static,
} from '../schema.ts';

export const ApplyConfiguration = object('io.k8s.api.admissionregistration.v1.ApplyConfiguration', {
  expression: optional(1, string),
});
export interface ApplyConfiguration extends Static<typeof ApplyConfiguration> {}

export const AuditAnnotation = object('io.k8s.api.admissionregistration.v1.AuditAnnotation', {
  key: required(1, string),
  valueExpression: required(2, string),
});
export interface AuditAnnotation extends Static<typeof AuditAnnotation> {}

export const ExpressionWarning = object('io.k8s.api.admissionregistration.v1.ExpressionWarning', {
  fieldRef: required(2, string),
  warning: required(3, string),
});
export interface ExpressionWarning extends Static<typeof ExpressionWarning> {}

export const JSONPatch = object('io.k8s.api.admissionregistration.v1.JSONPatch', {
  expression: optional(1, string),
});
export interface JSONPatch extends Static<typeof JSONPatch> {}

export const MatchCondition = object('io.k8s.api.admissionregistration.v1.MatchCondition', {
  name: required(1, string),
  expression: required(2, string),
});
export interface MatchCondition extends Static<typeof MatchCondition> {}

export const Rule = object('io.k8s.api.admissionregistration.v1.Rule', {
  apiGroups: optional(1, list(string)),
  apiVersions: optional(2, list(string)),
  resources: optional(3, list(string)),
  scope: pointer(4, namedString('v1.ScopeType')),
});
export interface Rule extends Static<typeof Rule> {}

export const RuleWithOperations = object(
  'io.k8s.api.admissionregistration.v1.RuleWithOperations',
  {
    operations: optional(1, list(namedString('v1.OperationType'))),
  },
  { inline: [inline(2, Rule)] },
);
export interface RuleWithOperations extends Static<typeof RuleWithOperations> {}

export const NamedRuleWithOperations = object(
  'io.k8s.api.admissionregistration.v1.NamedRuleWithOperations',
  {
    resourceNames: optional(1, list(string)),
  },
  { inline: [inline(2, RuleWithOperations)], atomic: true },
);
export interface NamedRuleWithOperations extends Static<typeof NamedRuleWithOperations> {}

export const MatchResources = object(
  'io.k8s.api.admissionregistration.v1.MatchResources',
  {
    namespaceSelector: pointer(1, LabelSelector),
    objectSelector: pointer(2, LabelSelector),
    resourceRules: optional(3, list(NamedRuleWithOperations)),
    excludeResourceRules: optional(4, list(NamedRuleWithOperations)),
    matchPolicy: pointer(7, namedString('v1.MatchPolicyType')),
  },
  { atomic: true },
);
export interface MatchResources extends Static<typeof MatchResources> {}

export const Mutation = object('io.k8s.api.admissionregistration.v1.Mutation', {
  patchType: required(2, namedString('v1.PatchType')),
  applyConfiguration: pointer(3, ApplyConfiguration),
  jsonPatch: pointer(4, JSONPatch),
});
export interface Mutation extends Static<typeof Mutation> {}

export const ParamKind = object(
  'io.k8s.api.admissionregistration.v1.ParamKind',
  {
    apiVersion: optional(1, string),
    kind: optional(2, string),
  },
  { atomic: true },
);
export interface ParamKind extends Static<typeof ParamKind> {}

export const Variable = object(
  'io.k8s.api.admissionregistration.v1.Variable',
  {
    name: required(1, string),
    expression: required(2, string),
  },
  { atomic: true },
);
export interface Variable extends Static<typeof Variable> {}

export const MutatingAdmissionPolicySpec = object('io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicySpec', {
  paramKind: pointer(1, ParamKind),
  matchConstraints: pointer(2, MatchResources),
  variables: optional(3, list(Variable)),
  mutations: optional(4, list(Mutation)),
  failurePolicy: pointer(5, namedString('v1.FailurePolicyType')),
  matchConditions: optional(
    6,
    list(MatchCondition, { listType: 'map', keys: ['name'], mergeKey: 'name', patchStrategy: 'merge' }),
  ),
  reinvocationPolicy: optional(7, namedString('v1.ReinvocationPolicyType')),
});
export interface MutatingAdmissionPolicySpec extends Static<typeof MutatingAdmissionPolicySpec> {}

export const MutatingAdmissionPolicy = clusterScoped(
  'admissionregistration.k8s.io/v1',
  'io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicy',
  {
    spec: always(2, MutatingAdmissionPolicySpec),
  },
);
export interface MutatingAdmissionPolicy extends Static<typeof MutatingAdmissionPolicy> {}

export const ParamRef = object(
  'io.k8s.api.admissionregistration.v1.ParamRef',
  {
    name: optional(1, string),
    namespace: optional(2, string),
    selector: pointer(3, LabelSelector),
    parameterNotFoundAction: pointer(4, namedString('v1.ParameterNotFoundActionType')),
  },
  { atomic: true },
);
export interface ParamRef extends Static<typeof ParamRef> {}

export const MutatingAdmissionPolicyBindingSpec = object(
  'io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicyBindingSpec',
  {
    policyName: optional(1, string),
    paramRef: pointer(2, ParamRef),
    matchResources: pointer(3, MatchResources),
  },
);
export interface MutatingAdmissionPolicyBindingSpec extends Static<typeof MutatingAdmissionPolicyBindingSpec> {}

export const MutatingAdmissionPolicyBinding = clusterScoped(
  'admissionregistration.k8s.io/v1',
  'io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicyBinding',
  {
    spec: always(2, MutatingAdmissionPolicyBindingSpec),
  },
);
export interface MutatingAdmissionPolicyBinding extends Static<typeof MutatingAdmissionPolicyBinding> {}

export const ServiceReference = object('io.k8s.api.admissionregistration.v1.ServiceReference', {
  namespace: required(1, string),
  name: required(2, string),
  path: pointer(3, string),
  port: pointer(4, int32),
});
export interface ServiceReference extends Static<typeof ServiceReference> {}

export const WebhookClientConfig = object('io.k8s.api.admissionregistration.v1.WebhookClientConfig', {
  url: pointer(3, string),
  service: pointer(1, ServiceReference),
  caBundle: optional(2, bytes),
});
export interface WebhookClientConfig extends Static<typeof WebhookClientConfig> {}

export const MutatingWebhook = object('io.k8s.api.admissionregistration.v1.MutatingWebhook', {
  name: required(1, string),
  clientConfig: required(2, WebhookClientConfig),
  rules: optional(3, list(RuleWithOperations)),
  failurePolicy: pointer(4, namedString('v1.FailurePolicyType')),
  matchPolicy: pointer(9, namedString('v1.MatchPolicyType')),
  namespaceSelector: pointer(5, LabelSelector),
  objectSelector: pointer(11, LabelSelector),
  sideEffects: required(6, namedString('v1.SideEffectClass'), { nullable: true }),
  timeoutSeconds: pointer(7, int32),
  admissionReviewVersions: required(8, list(string)),
  reinvocationPolicy: pointer(10, namedString('v1.ReinvocationPolicyType')),
  matchConditions: optional(
    12,
    list(MatchCondition, { listType: 'map', keys: ['name'], mergeKey: 'name', patchStrategy: 'merge' }),
  ),
});
export interface MutatingWebhook extends Static<typeof MutatingWebhook> {}

export const MutatingWebhookConfiguration = clusterScoped(
  'admissionregistration.k8s.io/v1',
  'io.k8s.api.admissionregistration.v1.MutatingWebhookConfiguration',
  {
    webhooks: optional(
      2,
      list(MutatingWebhook, { listType: 'map', keys: ['name'], mergeKey: 'name', patchStrategy: 'merge' }),
    ),
  },
);
export interface MutatingWebhookConfiguration extends Static<typeof MutatingWebhookConfiguration> {}

export const TypeChecking = object('io.k8s.api.admissionregistration.v1.TypeChecking', {
  expressionWarnings: optional(1, list(ExpressionWarning)),
});
export interface TypeChecking extends Static<typeof TypeChecking> {}

export const Validation = object('io.k8s.api.admissionregistration.v1.Validation', {
  expression: required(1, string),
  message: optional(2, string),
  reason: pointer(3, namedString('v1.StatusReason')),
  messageExpression: optional(4, string),
});
export interface Validation extends Static<typeof Validation> {}

export const ValidatingAdmissionPolicySpec = object(
  'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicySpec',
  {
    paramKind: pointer(1, ParamKind),
    matchConstraints: pointer(2, MatchResources),
    validations: optional(3, list(Validation)),
    failurePolicy: pointer(4, namedString('v1.FailurePolicyType')),
    auditAnnotations: optional(5, list(AuditAnnotation)),
    matchConditions: optional(
      6,
      list(MatchCondition, { listType: 'map', keys: ['name'], mergeKey: 'name', patchStrategy: 'merge' }),
    ),
    variables: optional(
      7,
      list(Variable, { listType: 'map', keys: ['name'], mergeKey: 'name', patchStrategy: 'merge' }),
    ),
  },
);
export interface ValidatingAdmissionPolicySpec extends Static<typeof ValidatingAdmissionPolicySpec> {}

export const ValidatingAdmissionPolicyStatus = object(
  'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyStatus',
  {
    observedGeneration: optional(1, int64),
    typeChecking: pointer(2, TypeChecking),
    conditions: optional(3, list(Condition, { listType: 'map', keys: ['type'] })),
  },
);
export interface ValidatingAdmissionPolicyStatus extends Static<typeof ValidatingAdmissionPolicyStatus> {}

export const ValidatingAdmissionPolicy = clusterScoped(
  'admissionregistration.k8s.io/v1',
  'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicy',
  {
    spec: always(2, ValidatingAdmissionPolicySpec),
    status: always(3, ValidatingAdmissionPolicyStatus),
  },
);
export interface ValidatingAdmissionPolicy extends Static<typeof ValidatingAdmissionPolicy> {}

export const ValidatingAdmissionPolicyBindingSpec = object(
  'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec',
  {
    policyName: required(1, string),
    paramRef: pointer(2, ParamRef),
    matchResources: pointer(3, MatchResources),
    validationActions: optional(4, list(namedString('v1.ValidationAction'), { listType: 'set' })),
  },
);
export interface ValidatingAdmissionPolicyBindingSpec extends Static<typeof ValidatingAdmissionPolicyBindingSpec> {}

export const ValidatingAdmissionPolicyBinding = clusterScoped(
  'admissionregistration.k8s.io/v1',
  'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding',
  {
    spec: required(2, ValidatingAdmissionPolicyBindingSpec),
  },
);
export interface ValidatingAdmissionPolicyBinding extends Static<typeof ValidatingAdmissionPolicyBinding> {}

export const ValidatingWebhook = object('io.k8s.api.admissionregistration.v1.ValidatingWebhook', {
  name: required(1, string),
  clientConfig: required(2, WebhookClientConfig),
  rules: optional(3, list(RuleWithOperations)),
  failurePolicy: pointer(4, namedString('v1.FailurePolicyType')),
  matchPolicy: pointer(9, namedString('v1.MatchPolicyType')),
  namespaceSelector: pointer(5, LabelSelector),
  objectSelector: pointer(10, LabelSelector),
  sideEffects: required(6, namedString('v1.SideEffectClass'), { nullable: true }),
  timeoutSeconds: pointer(7, int32),
  admissionReviewVersions: required(8, list(string)),
  matchConditions: optional(
    11,
    list(MatchCondition, { listType: 'map', keys: ['name'], mergeKey: 'name', patchStrategy: 'merge' }),
  ),
});
export interface ValidatingWebhook extends Static<typeof ValidatingWebhook> {}

export const ValidatingWebhookConfiguration = clusterScoped(
  'admissionregistration.k8s.io/v1',
  'io.k8s.api.admissionregistration.v1.ValidatingWebhookConfiguration',
  {
    webhooks: optional(
      2,
      list(ValidatingWebhook, { listType: 'map', keys: ['name'], mergeKey: 'name', patchStrategy: 'merge' }),
    ),
  },
);
export interface ValidatingWebhookConfiguration extends Static<typeof ValidatingWebhookConfiguration> {}
