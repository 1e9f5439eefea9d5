import type { Job } from '../../api/groups/batch.v1.ts';
import { Jobs, Pods } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import type { TestCluster } from '../testing/run-cluster.ts';
import { job, startTime, podCondition } from '../testing/objects.ts';
import { jobController } from './reconcile.ts';

const ref = { namespace: 'default', name: 'task' };
const newJob = (spec: Partial<Job['spec']>) => ({ metadata: ref, spec: { ...job().spec, ...spec } });

/** Pods that run become ready, then end. */
async function run({ api, quiet }: TestCluster, phase: string, meant: (index: number) => boolean = () => true) {
  const waiting = api.all(Pods).filter(({ status, metadata }) => {
    const index = Number(metadata.annotations?.['batch.kubernetes.io/job-completion-index'] ?? 0);
    return status.phase === undefined && meant(index);
  });
  const ready = [podCondition('Ready', 'True', startTime)];
  for (const pod of waiting) await api.updateStatus(Pods, { ...pod, status: { phase: 'Running', conditions: ready } });
  await quiet();
  for (const { metadata } of waiting) {
    const pod = await api.find(Pods, metadata);
    if (pod !== undefined) await api.updateStatus(Pods, { ...pod, status: { phase, conditions: [] } });
  }
  await quiet();
}

testCuts('jobController runs, replaces what fails, and completes', {
  controllers: [jobController],
  play: async (cluster) => {
    await cluster.api.create(Jobs, newJob({ completions: 3, parallelism: 2 }));
    await cluster.quiet();
    await run(cluster, 'Failed');
    cluster.clock.advance(60_000);
    await cluster.quiet();
    await run(cluster, 'Succeeded');
    await run(cluster, 'Succeeded');
  },
});

testCuts('jobController fails beyond its limit, with pods still running', {
  controllers: [jobController],
  play: async (cluster) => {
    await cluster.api.create(
      Jobs,
      newJob({ completionMode: 'Indexed', completions: 3, parallelism: 3, backoffLimit: 0 }),
    );
    await cluster.quiet();
    await run(cluster, 'Failed', (index) => index === 1);
  },
});

testCuts('jobController keeps to the limits of each index', {
  controllers: [jobController],
  play: async (cluster) => {
    const spec = { completionMode: 'Indexed', completions: 2, parallelism: 2, backoffLimitPerIndex: 1 };
    await cluster.api.create(Jobs, newJob(spec));
    await cluster.quiet();
    await run(cluster, 'Succeeded', (index) => index === 0);
    await run(cluster, 'Failed');
    cluster.clock.advance(60_000);
    await cluster.quiet();
    await run(cluster, 'Failed');
  },
});

testCuts('jobController suspends and resumes', {
  controllers: [jobController],
  play: async (cluster) => {
    const { api, quiet } = cluster;
    const set = async (suspend: boolean): Promise<void> => {
      const current = await api.get(Jobs, ref);
      await api.update(Jobs, { ...current, spec: { ...current.spec, suspend } });
      await quiet();
    };
    await api.create(Jobs, newJob({ completions: 2, parallelism: 2 }));
    await quiet();
    await set(true);
    await set(false);
    await run(cluster, 'Succeeded');
  },
});

testCuts('jobController lets the pods of a Job go that is gone', {
  controllers: [jobController],
  play: async (cluster) => {
    await cluster.api.create(Jobs, newJob({ completions: 2, parallelism: 2 }));
    await cluster.quiet();
    await cluster.api.delete(Jobs, ref);
    await cluster.quiet();
  },
});
