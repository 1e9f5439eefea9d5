import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job } from '../../api/groups/batch.v1.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import { job, nowMs, ownedBy, pod, startTime } from '../testing/objects.ts';
import { formatIndexes, parseIndexes } from './index-set.ts';
import { jobPod } from './job-pod.ts';
import { planJob } from './plan.ts';

const tracking = 'batch.kubernetes.io/job-tracking';
const earlier = '2025-12-31T23:00:00Z';

interface Facts {
  readonly phase?: string;
  readonly index?: number;
  /** Already counted. */
  readonly released?: boolean;
  readonly deleting?: boolean;
  readonly exitCode?: number;
  /** How often its index had failed before. */
  readonly failures?: number;
}

function task(
  name: string,
  { phase = 'Running', index, released, deleting, exitCode = 1, failures = 0 }: Facts = {},
): Pod {
  const annotations = {
    'batch.kubernetes.io/job-index-failure-count': String(failures),
    ...(index === undefined ? {} : { 'batch.kubernetes.io/job-completion-index': String(index) }),
  };
  const finalizers = released === true ? [] : [tracking];
  const meta = {
    ...ownedBy('Job', 'task', 'batch/v1'),
    annotations,
    finalizers,
    ...(deleting ? { deletionTimestamp: startTime } : {}),
  };
  const terminated = { exitCode, startedAt: earlier, finishedAt: earlier };
  const ended = {
    name: 'main',
    ready: false,
    restartCount: 0,
    image: '',
    imageID: '',
    state: { terminated },
    lastState: {},
  };
  return pod(name, { phase, meta, status: phase === 'Failed' ? { containerStatuses: [ended] } : {} });
}

/** One line: what is made and removed, the counts, the noted uids, conditions. */
function script(of: Job, pods: readonly Pod[]): string {
  const plan = planJob({ job: of, pods, nowMs });
  const { status } = plan;
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  const names = (list: readonly Pod[]) => list.map(({ metadata }) => metadata.name).join();
  const parts: readonly (readonly [string, string | number | undefined])[] = [
    ['create', plan.create.map(({ index }) => index ?? '*').join()],
    ['remove', names(plan.remove)],
    ['give up', names(plan.giveUp)],
    ['release', names(plan.release)],
    ['active', status.active],
    ['succeeded', status.succeeded],
    ['failed', status.failed],
    ['noted', [...succeeded, ...failed].map((uid) => uid.slice(4)).join()],
    ['completed', status.completedIndexes],
    [
      'is',
      (status.conditions ?? [])
        .filter((one) => one.status === 'True')
        .map(({ type, reason }) => `${type}/${reason}`)
        .join(),
    ],
    ['notes', plan.notes.map(({ reason }) => reason).join()],
    ['again', plan.atMs === undefined ? undefined : (plan.atMs - nowMs) / 1000],
  ];
  return parts
    .flatMap(([name, value]) => (value === undefined || value === '' || value === 0 ? [] : [`${name}=${value}`]))
    .join(' ');
}

const indexed = { completionMode: 'Indexed', completions: 3, parallelism: 2 };
const rules = (action: string) => ({
  rules: [{ action, onExitCodes: { operator: 'In', values: [42] } }],
});

const tables: readonly { title: string; of: Job; pods: Pod[]; script: string }[] = [
  { title: 'makes its first pod', of: job({ completions: 1, parallelism: 1 }), pods: [], script: 'create=* active=1' },
  {
    title: 'makes as many as may run and are needed',
    of: job({ completions: 5, parallelism: 3 }, { succeeded: 3 }),
    pods: [],
    script: 'create=*,* active=2 succeeded=3',
  },
  {
    title: 'notes a finished pod, then lets it go',
    of: job({ completions: 2, parallelism: 1 }),
    pods: [task('a', { phase: 'Succeeded' })],
    script: 'create=* release=a active=1 noted=a',
  },
  {
    title: 'lets go of what it noted though the pod is said to run again',
    of: job({ completions: 2, parallelism: 1 }, { uncountedTerminatedPods: { succeeded: ['uid-a'] } }),
    pods: [task('a')],
    script: 'release=a active=1 noted=a',
  },
  {
    title: 'counts it when it has been let go',
    of: job({ completions: 2, parallelism: 1 }, { uncountedTerminatedPods: { succeeded: ['uid-a'] } }),
    pods: [task('a', { phase: 'Succeeded', released: true }), task('b')],
    script: 'active=1 succeeded=1',
  },
  {
    title: 'counts it though it is gone',
    of: job({ completions: 1 }, { uncountedTerminatedPods: { succeeded: ['uid-a'] } }),
    pods: [],
    script: 'succeeded=1 is=SuccessCriteriaMet/CompletionsReached,Complete/CompletionsReached notes=Completed',
  },
  {
    title: 'has succeeded, but waits for pods to stop',
    of: job({ completions: 1, parallelism: 2 }, { succeeded: 1 }),
    pods: [task('b'), task('c', { deleting: true, released: true })],
    script: 'remove=b release=b succeeded=1 is=SuccessCriteriaMet/CompletionsReached',
  },
  {
    title: 'waits ten seconds after a failure',
    of: job({ completions: 1 }),
    pods: [{ ...task('a', { phase: 'Failed' }), status: { phase: 'Failed' } }],
    script: 'release=a noted=a again=10',
  },
  {
    title: 'tries again after that',
    of: job({ completions: 1 }, { failed: 1 }),
    pods: [task('a', { phase: 'Failed', released: true })],
    script: 'create=* active=1 failed=1',
  },
  {
    title: 'fails after too many failures',
    of: job({ completions: 1, backoffLimit: 1 }, { failed: 1, uncountedTerminatedPods: { failed: ['uid-b'] } }),
    pods: [task('c')],
    script: 'remove=c release=c failed=2 noted=c is=FailureTarget/BackoffLimitExceeded',
  },
  {
    title: 'has failed when nothing runs any more',
    of: job({ completions: 1, backoffLimit: 1 }, { failed: 2 }),
    pods: [],
    script: 'failed=2 is=FailureTarget/BackoffLimitExceeded,Failed/BackoffLimitExceeded notes=BackoffLimitExceeded',
  },
  {
    title: 'fails at its deadline',
    of: job({ completions: 1, activeDeadlineSeconds: 60 }, { startTime: earlier }),
    pods: [task('a')],
    script: 'remove=a release=a noted=a is=FailureTarget/DeadlineExceeded',
  },
  {
    title: 'looks again when its deadline falls',
    of: job({ completions: 1, activeDeadlineSeconds: 60 }),
    pods: [task('a')],
    script: 'active=1 again=60',
  },
  {
    title: 'gives up pods when it may run fewer',
    of: job({ completions: 5, parallelism: 1 }),
    pods: [task('a', { phase: 'Pending' }), task('b')],
    script: 'give up=a active=1',
  },
  {
    title: 'stops its pods while suspended, and says so',
    of: job({ completions: 1, suspend: true }),
    pods: [task('a')],
    script: 'give up=a is=Suspended/JobSuspended notes=Suspended',
  },
  {
    title: 'goes on when resumed',
    of: job({ completions: 1 }, { conditions: [suspended()] }),
    pods: [],
    script: 'create=* active=1 notes=Resumed',
  },
  { title: 'makes a pod for each index', of: job(indexed), pods: [], script: 'create=0,1 active=2' },
  {
    title: 'notes completed indexes and fills the open ones',
    of: job(indexed),
    pods: [task('a', { phase: 'Succeeded', index: 0 }), task('b', { index: 1 }), task('c', { index: 1 })],
    script: 'give up=c release=a active=1 succeeded=1 completed=0',
  },
  {
    title: 'is complete with its last index',
    of: job(indexed, { completedIndexes: '0,2', succeeded: 2 }),
    pods: [task('b', { phase: 'Succeeded', index: 1 })],
    script: 'release=b succeeded=3 completed=0-2 is=SuccessCriteriaMet/CompletionsReached',
  },
  {
    title: 'keeps the failed pod of an index until there is another, which takes over its count',
    of: job({ ...indexed, backoffLimitPerIndex: 2 }),
    pods: [task('a', { phase: 'Failed', index: 0, failures: 1 }), task('b', { index: 1 })],
    script: 'create=0 active=2',
  },
  {
    title: 'counts the failed pod of an index when there is another',
    of: job({ ...indexed, backoffLimitPerIndex: 2 }),
    pods: [
      task('a', { phase: 'Failed', index: 0, failures: 1 }),
      task('c', { index: 0, failures: 2 }),
      task('b', { index: 1 }),
    ],
    script: 'release=a active=2 noted=a',
  },
  {
    title: 'gives up an index that has failed too often, and goes on with the others',
    of: job({ ...indexed, backoffLimitPerIndex: 2 }),
    pods: [task('a', { phase: 'Failed', index: 0, failures: 2 }), task('b', { index: 1 })],
    script: 'create=2 release=a active=2 noted=a',
  },
  {
    title: 'fails at once by its failure policy',
    of: job({ completions: 1, podFailurePolicy: rules('FailJob') }),
    pods: [task('a', { phase: 'Failed', exitCode: 42 })],
    script: 'release=a noted=a is=FailureTarget/PodFailurePolicy',
  },
  {
    title: 'does not count what its failure policy ignores',
    of: job({ completions: 1, podFailurePolicy: rules('Ignore') }),
    pods: [task('a', { phase: 'Failed', exitCode: 42 })],
    script: 'create=* release=a active=1',
  },
  {
    title: 'only lets pods go when it is being deleted',
    of: job({ completions: 1 }, {}, { deletionTimestamp: startTime }),
    pods: [task('a')],
    script: 'release=a',
  },
  {
    title: 'starts over with as many as may run when no completions are given, until one succeeds',
    of: job({ parallelism: 3 }),
    pods: [task('a'), task('b', { phase: 'Succeeded' })],
    script: 'release=b active=1 noted=b',
  },
];

function suspended() {
  const at = { lastProbeTime: earlier, lastTransitionTime: earlier };
  return { type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended', ...at };
}

for (const { title, of, pods, script: expected } of tables) {
  test(`planJob() ${title}`, () => assert.equal(script(of, pods), expected));
}

test('planJob() lets go of noted pods when no more can be noted', () => {
  const names = Array.from({ length: 501 }, (_, i) => `p${i}`);
  const succeeded = names.slice(0, 500).map((name) => `uid-${name}`);
  const of = job({ completions: 501, parallelism: 501 }, { uncountedTerminatedPods: { succeeded } });
  const plan = planJob({ job: of, pods: names.map((name) => task(name, { phase: 'Succeeded' })), nowMs });
  assert.equal(plan.release.length, 500);
  assert.deepEqual(plan.status.uncountedTerminatedPods?.succeeded, succeeded);
});

test('planJob() says which container broke the failure policy', () => {
  const of = job({ completions: 1, podFailurePolicy: rules('FailJob') });
  const { status } = planJob({ job: of, pods: [task('a', { phase: 'Failed', exitCode: 42 })], nowMs });
  const message = 'Container main for pod default/a failed with exit code 42 matching FailJob rule at index 0';
  assert.equal(status.conditions?.[0]?.message, message);
});

test('parseIndexes() and formatIndexes() go there and back', () => {
  for (const text of ['', '0', '0,1', '0-2', '1,3-5,7', '0,1,3,4,6-9']) {
    assert.equal(formatIndexes(parseIndexes(text)), text);
  }
});

test('jobPod() gives each index its name, marks and environment', () => {
  const { metadata, spec } = jobPod(job(indexed), { index: 2, failures: { counted: 1, ignored: 0 } });
  assert.equal(metadata?.annotations?.['batch.kubernetes.io/job-index-failure-count'], '1');
  assert.equal(metadata?.generateName, 'task-2-');
  assert.equal(spec?.hostname, 'task-2');
  assert.equal(metadata?.labels?.['batch.kubernetes.io/job-completion-index'], '2');
  assert.deepEqual(metadata?.finalizers, [tracking]);
  assert.equal(spec?.containers[0]?.env?.[0]?.name, 'JOB_COMPLETION_INDEX');
});
