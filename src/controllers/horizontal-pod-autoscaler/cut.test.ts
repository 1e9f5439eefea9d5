import { HorizontalPodAutoscalers } from '../../api/resources.ts';
import { autoscaler, runReplicas, serveUsage } from '../testing/autoscaled.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { horizontalPodAutoscalerController } from './reconcile.ts';

testCuts('horizontalPodAutoscalerController scales up and, when five minutes have passed, down', {
  controllers: [horizontalPodAutoscalerController],
  play: async (cluster) => {
    const { api, clock, quiet } = cluster;
    let usage = '100m';
    serveUsage(cluster, () => usage);
    await runReplicas(cluster, 2);
    await api.create(HorizontalPodAutoscalers, autoscaler());
    await quiet();
    clock.advance(15_000);
    await quiet();
    usage = '10m';
    // A process that was cut does not know what was asked for before, and waits for five minutes anew.
    for (let i = 0; i < 50; i++) {
      clock.advance(15_000);
      await quiet();
    }
  },
});
