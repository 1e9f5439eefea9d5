import { conditionFields, type Descriptions } from './table.ts';

export const batchDescriptions: Descriptions = {
  'io.k8s.api.batch.v1.Job': {
    '': 'Runs pods until enough of them have succeeded, starting new ones for those that fail.',
    spec: 'What to run, how often, and when to give up.',
    status: 'How far it has come.',
  },
  'io.k8s.api.batch.v1.JobSpec': {
    parallelism: 'How many pods may run at a time. Default 1; 0 stops it.',
    completions:
      'How many must succeed. Default 1. Absent while parallelism is given: a work queue, done when one has succeeded and all have ended.',
    activeDeadlineSeconds:
      'The Job fails when it has been active for this long, however many tries are left. Default: no limit.',
    podFailurePolicy: 'Which failures end the Job at once and which do not count. Needs restartPolicy Never.',
    successPolicy: 'When the Job is done before all indexes have succeeded. For completionMode Indexed.',
    backoffLimit: 'How many failures before the Job fails. Default 6; unlimited when backoffLimitPerIndex is set.',
    backoffLimitPerIndex: 'How many failures of each index. For completionMode Indexed and restartPolicy Never.',
    maxFailedIndexes: 'How many indexes may fail before the Job does. Needs backoffLimitPerIndex; default: no limit.',
    selector: 'Which pods belong to it. Made by the server; leave it out.',
    manualSelector: 'True: you give the selector and see to it that no other Job’s pods match. Default false.',
    template: 'What the pods are like. restartPolicy must be OnFailure or Never. Cannot be changed.',
    ttlSecondsAfterFinished: 'Delete the Job and its pods this long after its end. Default: never.',
    completionMode:
      'NonIndexed (default), or Indexed: each pod has a number, 0 to completions - 1, in JOB_COMPLETION_INDEX.',
    suspend: 'True: no pods; those that run are ended. Default false.',
    podReplacementPolicy:
      'TerminatingOrFailed (default): a new pod while the old one is still ending. Failed: when it has ended.',
    managedBy: 'Who runs the Job, if not the built-in controller. Cannot be changed.',
  },
  'io.k8s.api.batch.v1.PodFailurePolicy': {
    '': 'Decides about failed pods.',
    rules:
      'Looked at in order; the first that fits decides. None: the failure counts towards backoffLimit. At most 20.',
  },
  'io.k8s.api.batch.v1.PodFailurePolicyRule': {
    '': 'A rule: onExitCodes or onPodConditions.',
    action: 'FailJob, FailIndex, Ignore (does not count) or Count (as usual).',
    onExitCodes: 'Fits by exit code.',
    onPodConditions: 'Fits by conditions of the pod, such as DisruptionTarget.',
  },
  'io.k8s.api.batch.v1.PodFailurePolicyOnExitCodesRequirement': {
    containerName: 'Which container. Default: every one.',
    operator: 'In or NotIn.',
    values: 'Exit codes, 255 at most. 0 cannot stand with In.',
  },
  'io.k8s.api.batch.v1.PodFailurePolicyOnPodConditionsPattern': {
    '': 'A condition of the pod.',
    type: 'Its type.',
    status: 'Its status. Default True.',
  },
  'io.k8s.api.batch.v1.SuccessPolicy': {
    rules: 'One that fits is enough; the pods still running are then ended.',
  },
  'io.k8s.api.batch.v1.SuccessPolicyRule': {
    '': 'A rule; at least one field must be given, and both must hold.',
    succeededIndexes: 'These must have succeeded, such as 0,3-5.',
    succeededCount: 'So many must have succeeded; of succeededIndexes, if given.',
  },
  'io.k8s.api.batch.v1.JobStatus': {
    conditions: 'Complete, Failed, Suspended and, on the way there, SuccessCriteriaMet and FailureTarget.',
    startTime: 'When it began, or went on after it was suspended.',
    completionTime: 'When it was complete; absent when it failed.',
    active: 'Pods that run or wait, without those that are ending.',
    succeeded: 'Pods that have succeeded.',
    failed: 'Pods that have failed.',
    terminating: 'Pods that are ending.',
    completedIndexes: 'Indexes that have succeeded, such as 0,3-5.',
    failedIndexes: 'Indexes that were given up.',
    uncountedTerminatedPods: 'Pods that have ended and are about to be counted.',
    ready: 'Active pods that are ready.',
  },
  'io.k8s.api.batch.v1.UncountedTerminatedPods': {
    '': 'Pods between their end and their being counted, by uid.',
    succeeded: 'Pods that have succeeded.',
    failed: 'Pods that have failed.',
  },
  'io.k8s.api.batch.v1.JobCondition': {
    '': 'One aspect of a Job’s state.',
    ...conditionFields,
    lastProbeTime: 'When it was last looked at.',
  },
  'io.k8s.api.batch.v1.CronJob': {
    '': 'Makes a Job at set times. A run may rarely be missed or happen twice, so the work should bear that.',
    spec: 'When, and what.',
    status: 'What runs and what ran.',
  },
  'io.k8s.api.batch.v1.CronJobSpec': {
    schedule:
      'Minute, hour, day, month, weekday: "*/5 * * * *"; or @hourly and the like. In the time zone of the controller unless timeZone is given.',
    timeZone: 'Such as Europe/Berlin. Default: that of the controller, mostly UTC.',
    startingDeadlineSeconds:
      'A run that is later than this is left out. Default: none; then more than 100 missed runs stop the CronJob.',
    concurrencyPolicy: 'When the last run goes on: Allow another (default), Forbid it, or Replace the old one.',
    suspend: 'True: no new runs. Those missed meanwhile count as late when it goes on. Default false.',
    jobTemplate: 'What the Jobs are like.',
    successfulJobsHistoryLimit: 'How many that succeeded to keep. Default 3.',
    failedJobsHistoryLimit: 'How many that failed to keep. Default 1.',
  },
  'io.k8s.api.batch.v1.JobTemplateSpec': {
    '': 'Pattern of a Job.',
    metadata: 'Labels and annotations for the Jobs.',
    spec: 'As in a Job.',
  },
  'io.k8s.api.batch.v1.CronJobStatus': {
    active: 'Jobs that run.',
    lastScheduleTime: 'When the last run was due.',
    lastSuccessfulTime: 'When one last succeeded.',
  },
};
