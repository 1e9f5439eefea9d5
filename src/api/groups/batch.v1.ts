/** The types of group batch, version v1. */
import { namespaced } from '../kind.ts';
import { ObjectReference, PodTemplateSpec } from './core.v1.ts';
import { LabelSelector, ObjectMeta } from './meta.v1.ts';
import {
  always,
  boolean,
  int32,
  int64,
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

export const PodFailurePolicyOnExitCodesRequirement = object(
  'io.k8s.api.batch.v1.PodFailurePolicyOnExitCodesRequirement',
  {
    containerName: pointer(1, string),
    operator: required(2, namedString('v1.PodFailurePolicyOnExitCodesOperator')),
    values: required(3, list(int32, { listType: 'set' })),
  },
);
export interface PodFailurePolicyOnExitCodesRequirement extends Static<typeof PodFailurePolicyOnExitCodesRequirement> {}

export const PodFailurePolicyOnPodConditionsPattern = object(
  'io.k8s.api.batch.v1.PodFailurePolicyOnPodConditionsPattern',
  {
    type: required(1, namedString('v1.PodConditionType')),
    status: optional(2, namedString('v1.ConditionStatus')),
  },
);
export interface PodFailurePolicyOnPodConditionsPattern extends Static<typeof PodFailurePolicyOnPodConditionsPattern> {}

export const PodFailurePolicyRule = object('io.k8s.api.batch.v1.PodFailurePolicyRule', {
  action: required(1, namedString('v1.PodFailurePolicyAction')),
  onExitCodes: pointer(2, PodFailurePolicyOnExitCodesRequirement),
  onPodConditions: optional(3, list(PodFailurePolicyOnPodConditionsPattern)),
});
export interface PodFailurePolicyRule extends Static<typeof PodFailurePolicyRule> {}

export const PodFailurePolicy = object('io.k8s.api.batch.v1.PodFailurePolicy', {
  rules: required(1, list(PodFailurePolicyRule)),
});
export interface PodFailurePolicy extends Static<typeof PodFailurePolicy> {}

export const SuccessPolicyRule = object('io.k8s.api.batch.v1.SuccessPolicyRule', {
  succeededIndexes: pointer(1, string),
  succeededCount: pointer(2, int32),
});
export interface SuccessPolicyRule extends Static<typeof SuccessPolicyRule> {}

export const SuccessPolicy = object('io.k8s.api.batch.v1.SuccessPolicy', {
  rules: required(1, list(SuccessPolicyRule)),
});
export interface SuccessPolicy extends Static<typeof SuccessPolicy> {}

export const JobSpec = object('io.k8s.api.batch.v1.JobSpec', {
  parallelism: pointer(1, int32),
  completions: pointer(2, int32),
  activeDeadlineSeconds: pointer(3, int64),
  podFailurePolicy: pointer(11, PodFailurePolicy),
  successPolicy: pointer(16, SuccessPolicy),
  backoffLimit: pointer(7, int32),
  backoffLimitPerIndex: pointer(12, int32),
  maxFailedIndexes: pointer(13, int32),
  selector: pointer(4, LabelSelector),
  manualSelector: pointer(5, boolean),
  template: required(6, PodTemplateSpec),
  ttlSecondsAfterFinished: pointer(8, int32),
  completionMode: pointer(9, namedString('v1.CompletionMode')),
  suspend: pointer(10, boolean),
  podReplacementPolicy: pointer(14, namedString('v1.PodReplacementPolicy')),
  managedBy: pointer(15, string),
});
export interface JobSpec extends Static<typeof JobSpec> {}

export const JobTemplateSpec = object('io.k8s.api.batch.v1.JobTemplateSpec', {
  metadata: always(1, ObjectMeta),
  spec: always(2, JobSpec),
});
export interface JobTemplateSpec extends Static<typeof JobTemplateSpec> {}

export const CronJobSpec = object('io.k8s.api.batch.v1.CronJobSpec', {
  schedule: required(1, string),
  timeZone: pointer(8, string),
  startingDeadlineSeconds: pointer(2, int64),
  concurrencyPolicy: optional(3, namedString('v1.ConcurrencyPolicy')),
  suspend: pointer(4, boolean),
  jobTemplate: required(5, JobTemplateSpec),
  successfulJobsHistoryLimit: pointer(6, int32),
  failedJobsHistoryLimit: pointer(7, int32),
});
export interface CronJobSpec extends Static<typeof CronJobSpec> {}

export const CronJobStatus = object('io.k8s.api.batch.v1.CronJobStatus', {
  active: optional(1, list(ObjectReference)),
  lastScheduleTime: pointer(4, time),
  lastSuccessfulTime: pointer(5, time),
});
export interface CronJobStatus extends Static<typeof CronJobStatus> {}

export const CronJob = namespaced('batch/v1', 'io.k8s.api.batch.v1.CronJob', {
  spec: required(2, CronJobSpec),
  status: always(3, CronJobStatus),
});
export interface CronJob extends Static<typeof CronJob> {}

export const JobCondition = object('io.k8s.api.batch.v1.JobCondition', {
  type: required(1, namedString('v1.JobConditionType')),
  status: required(2, namedString('v1.ConditionStatus')),
  lastProbeTime: optional(3, time, { nullable: true }),
  lastTransitionTime: optional(4, time, { nullable: true }),
  reason: optional(5, string),
  message: optional(6, string),
});
export interface JobCondition extends Static<typeof JobCondition> {}

export const UncountedTerminatedPods = object('io.k8s.api.batch.v1.UncountedTerminatedPods', {
  succeeded: optional(1, list(namedString('types.UID'), { listType: 'set' })),
  failed: optional(2, list(namedString('types.UID'), { listType: 'set' })),
});
export interface UncountedTerminatedPods extends Static<typeof UncountedTerminatedPods> {}

export const JobStatus = object('io.k8s.api.batch.v1.JobStatus', {
  conditions: optional(1, list(JobCondition, { mergeKey: 'type', patchStrategy: 'merge' })),
  startTime: pointer(2, time),
  completionTime: pointer(3, time),
  active: optional(4, int32),
  succeeded: optional(5, int32),
  failed: optional(6, int32),
  terminating: pointer(11, int32),
  completedIndexes: optional(7, string),
  failedIndexes: pointer(10, string),
  uncountedTerminatedPods: pointer(8, UncountedTerminatedPods),
  ready: pointer(9, int32),
});
export interface JobStatus extends Static<typeof JobStatus> {}

export const Job = namespaced('batch/v1', 'io.k8s.api.batch.v1.Job', {
  spec: always(2, JobSpec),
  status: always(3, JobStatus),
});
export interface Job extends Static<typeof Job> {}
