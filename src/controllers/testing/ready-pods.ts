/** Stands in for the kubelet: every pod runs and is ready at once, unless it has finished or its image is `broken`. */
import { Pods } from '../../api/resources.ts';
import { objectKey, splitKey } from '../../client/informer.ts';
import type { Controller } from '../controller.ts';
import { podCondition } from './objects.ts';
import { isPodFinished, isPodReady } from '../pod-state.ts';
import { formatTime } from '../../api/time.ts';

export const readyPods: Controller = {
  name: 'kubelet',
  alias: 'kubelet',
  start({ informer, enqueue }) {
    const pods = informer(Pods);
    pods.onChange(({ object }) => enqueue(objectKey(object)));
    return async (key, { client, nowMs }) => {
      const { namespace, name } = splitKey(key);
      const pod = pods.get(namespace, name);
      if (pod === undefined || isPodReady(pod) || isPodFinished(pod)) return;
      if (pod.spec.containers[0]?.image === 'broken') return;
      const ready = podCondition('Ready', 'True', formatTime(nowMs));
      await client.updateStatus(Pods, { ...pod, status: { phase: 'Running', conditions: [ready] } });
    };
  },
};
