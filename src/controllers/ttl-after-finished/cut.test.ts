import { Jobs } from '../../api/resources.ts';
import { formatTime } from '../../api/time.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { job, metadata } from '../testing/objects.ts';
import { ttlAfterFinishedController } from './reconcile.ts';

testCuts('ttlAfterFinishedController removes jobs when their time has passed', {
  controllers: [ttlAfterFinishedController],
  play: async ({ api, clock, quiet }) => {
    for (const [name, ttlSecondsAfterFinished] of [
      ['a', 0],
      ['b', 60],
      ['c', undefined],
    ] as const) {
      const { spec } = job();
      const made = await api.create(Jobs, { metadata: metadata(name), spec: { ...spec, ttlSecondsAfterFinished } });
      const lastTransitionTime = formatTime(clock.now());
      const complete = { type: 'Complete', status: 'True', lastTransitionTime, lastProbeTime: lastTransitionTime };
      const both = [complete, { ...complete, type: 'SuccessCriteriaMet' }];
      const status = { startTime: lastTransitionTime, completionTime: lastTransitionTime, conditions: both };
      await api.updateStatus(Jobs, { ...made, status });
    }
    await quiet();
    clock.advance(61_000);
    await quiet();
  },
});
