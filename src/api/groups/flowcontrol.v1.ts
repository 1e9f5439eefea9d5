/** The types of group flowcontrol, version v1. */
import { clusterScoped } from '../kind.ts';
import {
  always,
  boolean,
  int32,
  list,
  namedString,
  object,
  optional,
  pointer,
  required,
  string,
  time,
  type Static,
} from '../schema.ts';

export const ExemptPriorityLevelConfiguration = object('io.k8s.api.flowcontrol.v1.ExemptPriorityLevelConfiguration', {
  nominalConcurrencyShares: pointer(1, int32),
  lendablePercent: pointer(2, int32),
});
export interface ExemptPriorityLevelConfiguration extends Static<typeof ExemptPriorityLevelConfiguration> {}

export const FlowDistinguisherMethod = object('io.k8s.api.flowcontrol.v1.FlowDistinguisherMethod', {
  type: required(1, namedString('v1.FlowDistinguisherMethodType')),
});
export interface FlowDistinguisherMethod extends Static<typeof FlowDistinguisherMethod> {}

export const NonResourcePolicyRule = object('io.k8s.api.flowcontrol.v1.NonResourcePolicyRule', {
  verbs: required(1, list(string, { listType: 'set' })),
  nonResourceURLs: required(6, list(string, { listType: 'set' })),
});
export interface NonResourcePolicyRule extends Static<typeof NonResourcePolicyRule> {}

export const ResourcePolicyRule = object('io.k8s.api.flowcontrol.v1.ResourcePolicyRule', {
  verbs: required(1, list(string, { listType: 'set' })),
  apiGroups: required(2, list(string, { listType: 'set' })),
  resources: required(3, list(string, { listType: 'set' })),
  clusterScope: optional(4, boolean),
  namespaces: always(5, list(string, { listType: 'set' })),
});
export interface ResourcePolicyRule extends Static<typeof ResourcePolicyRule> {}

export const GroupSubject = object('io.k8s.api.flowcontrol.v1.GroupSubject', {
  name: required(1, string),
});
export interface GroupSubject extends Static<typeof GroupSubject> {}

export const ServiceAccountSubject = object('io.k8s.api.flowcontrol.v1.ServiceAccountSubject', {
  namespace: required(1, string),
  name: required(2, string),
});
export interface ServiceAccountSubject extends Static<typeof ServiceAccountSubject> {}

export const UserSubject = object('io.k8s.api.flowcontrol.v1.UserSubject', {
  name: required(1, string),
});
export interface UserSubject extends Static<typeof UserSubject> {}

export const Subject = object('io.k8s.api.flowcontrol.v1.Subject', {
  kind: required(1, namedString('v1.SubjectKind')),
  user: pointer(2, UserSubject),
  group: pointer(3, GroupSubject),
  serviceAccount: pointer(4, ServiceAccountSubject),
});
export interface Subject extends Static<typeof Subject> {}

export const PolicyRulesWithSubjects = object('io.k8s.api.flowcontrol.v1.PolicyRulesWithSubjects', {
  subjects: required(1, list(Subject)),
  resourceRules: optional(2, list(ResourcePolicyRule)),
  nonResourceRules: optional(3, list(NonResourcePolicyRule)),
});
export interface PolicyRulesWithSubjects extends Static<typeof PolicyRulesWithSubjects> {}

export const PriorityLevelConfigurationReference = object(
  'io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationReference',
  {
    name: required(1, string),
  },
);
export interface PriorityLevelConfigurationReference extends Static<typeof PriorityLevelConfigurationReference> {}

export const FlowSchemaSpec = object('io.k8s.api.flowcontrol.v1.FlowSchemaSpec', {
  priorityLevelConfiguration: required(1, PriorityLevelConfigurationReference),
  matchingPrecedence: always(2, int32),
  distinguisherMethod: pointer(3, FlowDistinguisherMethod),
  rules: optional(4, list(PolicyRulesWithSubjects)),
});
export interface FlowSchemaSpec extends Static<typeof FlowSchemaSpec> {}

export const FlowSchemaCondition = object('io.k8s.api.flowcontrol.v1.FlowSchemaCondition', {
  type: optional(1, namedString('v1.FlowSchemaConditionType')),
  status: optional(2, namedString('v1.ConditionStatus')),
  lastTransitionTime: optional(3, time, { nullable: true }),
  reason: optional(4, string),
  message: optional(5, string),
});
export interface FlowSchemaCondition extends Static<typeof FlowSchemaCondition> {}

export const FlowSchemaStatus = object('io.k8s.api.flowcontrol.v1.FlowSchemaStatus', {
  conditions: optional(
    1,
    list(FlowSchemaCondition, { listType: 'map', keys: ['type'], mergeKey: 'type', patchStrategy: 'merge' }),
  ),
});
export interface FlowSchemaStatus extends Static<typeof FlowSchemaStatus> {}

export const FlowSchema = clusterScoped('flowcontrol.apiserver.k8s.io/v1', 'io.k8s.api.flowcontrol.v1.FlowSchema', {
  spec: always(2, FlowSchemaSpec),
  status: always(3, FlowSchemaStatus),
});
export interface FlowSchema extends Static<typeof FlowSchema> {}

export const QueuingConfiguration = object('io.k8s.api.flowcontrol.v1.QueuingConfiguration', {
  queues: always(1, int32),
  handSize: always(2, int32),
  queueLengthLimit: always(3, int32),
});
export interface QueuingConfiguration extends Static<typeof QueuingConfiguration> {}

export const LimitResponse = object('io.k8s.api.flowcontrol.v1.LimitResponse', {
  type: required(1, namedString('v1.LimitResponseType')),
  queuing: pointer(2, QueuingConfiguration),
});
export interface LimitResponse extends Static<typeof LimitResponse> {}

export const LimitedPriorityLevelConfiguration = object('io.k8s.api.flowcontrol.v1.LimitedPriorityLevelConfiguration', {
  nominalConcurrencyShares: pointer(1, int32),
  limitResponse: always(2, LimitResponse),
  lendablePercent: pointer(3, int32),
  borrowingLimitPercent: pointer(4, int32),
});
export interface LimitedPriorityLevelConfiguration extends Static<typeof LimitedPriorityLevelConfiguration> {}

export const PriorityLevelConfigurationSpec = object('io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationSpec', {
  type: required(1, namedString('v1.PriorityLevelEnablement')),
  limited: pointer(2, LimitedPriorityLevelConfiguration),
  exempt: pointer(3, ExemptPriorityLevelConfiguration),
});
export interface PriorityLevelConfigurationSpec extends Static<typeof PriorityLevelConfigurationSpec> {}

export const PriorityLevelConfigurationCondition = object(
  'io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationCondition',
  {
    type: optional(1, namedString('v1.PriorityLevelConfigurationConditionType')),
    status: optional(2, namedString('v1.ConditionStatus')),
    lastTransitionTime: optional(3, time, { nullable: true }),
    reason: optional(4, string),
    message: optional(5, string),
  },
);
export interface PriorityLevelConfigurationCondition extends Static<typeof PriorityLevelConfigurationCondition> {}

export const PriorityLevelConfigurationStatus = object('io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationStatus', {
  conditions: optional(
    1,
    list(PriorityLevelConfigurationCondition, {
      listType: 'map',
      keys: ['type'],
      mergeKey: 'type',
      patchStrategy: 'merge',
    }),
  ),
});
export interface PriorityLevelConfigurationStatus extends Static<typeof PriorityLevelConfigurationStatus> {}

export const PriorityLevelConfiguration = clusterScoped(
  'flowcontrol.apiserver.k8s.io/v1',
  'io.k8s.api.flowcontrol.v1.PriorityLevelConfiguration',
  {
    spec: always(2, PriorityLevelConfigurationSpec),
    status: always(3, PriorityLevelConfigurationStatus),
  },
);
export interface PriorityLevelConfiguration extends Static<typeof PriorityLevelConfiguration> {}
