import assert from 'node:assert/strict';
import type { Job } from '../../api/groups/batch.v1.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import { Jobs, Pods } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import type { TestCluster } from '../testing/run-cluster.ts';
import { job, startTime, podCondition } from '../testing/objects.ts';
import { jobController } from './reconcile.ts';

const ref = { namespace: 'default', name: 'task' };
const newJob = (spec: Partial<Job['spec']>) => ({ metadata: ref, spec: { ...job().spec, ...spec } });

const isMeant = (pod: Pod, meant: (index: number) => boolean): boolean =>
  meant(Number(pod.metadata.annotations?.['batch.kubernetes.io/job-completion-index'] ?? 0));

/** All pods become ready; answers those that run. */
async function start({ api, quiet }: TestCluster): Promise<readonly Pod[]> {
  const ready = [podCondition('Ready', 'True', startTime)];
  for (const pod of api.all(Pods)) {
    if (pod.status.phase !== undefined) continue;
    await api.updateStatus(Pods, { ...pod, status: { phase: 'Running', conditions: ready } });
  }
  await quiet();
  return api.all(Pods).filter(({ status }) => status.phase === 'Running');
}

/** All pods become ready, then those that are meant end. */
async function run(cluster: TestCluster, phase: string, meant: (index: number) => boolean = () => true) {
  const { api, quiet } = cluster;
  const waiting = (await start(cluster)).filter((pod) => isMeant(pod, meant));
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
    await start(cluster);
    await set(true);
    const { active, failed, startTime: started } = (await api.get(Jobs, ref)).status;
    assert.deepEqual({ active, failed, started: started !== undefined }, { active: 0, failed: 0, started: false });
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

testCuts('jobController gives up pods when fewer may run', {
  controllers: [jobController],
  play: async (cluster) => {
    const { api, quiet } = cluster;
    await api.create(Jobs, newJob({ completions: 3, parallelism: 3 }));
    await quiet();
    await start(cluster);
    const current = await api.get(Jobs, ref);
    await api.update(Jobs, { ...current, spec: { ...current.spec, parallelism: 1 } });
    await quiet();
    await run(cluster, 'Succeeded');
    await run(cluster, 'Succeeded');
    await run(cluster, 'Succeeded');
  },
});
