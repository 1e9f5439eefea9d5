import { CronJobs, Jobs } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import type { TestCluster } from '../testing/run-cluster.ts';
import { job } from '../testing/objects.ts';
import { cronJobController } from './reconcile.ts';

const story =
  (concurrencyPolicy: string) =>
  async ({ api, clock, quiet }: TestCluster): Promise<void> => {
    const spec = {
      schedule: '*/10 * * * *',
      concurrencyPolicy,
      jobTemplate: { spec: job().spec },
      successfulJobsHistoryLimit: 1,
    };
    await api.create(CronJobs, { metadata: { namespace: 'default', name: 'tick' }, spec });
    await quiet();
    for (let count = 0; count < 4; count++) {
      clock.advance(600_000 - (clock.now() % 600_000));
      await quiet();
      const [first] = api.all(Jobs).filter(({ status }) => status.completionTime === undefined);
      if (first === undefined || count % 2 === 0) continue;
      const time = new Date(clock.now()).toISOString();
      const done = ['SuccessCriteriaMet', 'Complete'].map((type) => ({
        type,
        status: 'True',
        lastTransitionTime: time,
      }));
      await api.updateStatus(Jobs, { ...first, status: { startTime: time, completionTime: time, conditions: done } });
      await quiet();
    }
  };

for (const policy of ['Allow', 'Forbid', 'Replace']) {
  testCuts(`cronJobController starts each Job once (${policy})`, {
    controllers: [cronJobController],
    play: story(policy),
  });
}
