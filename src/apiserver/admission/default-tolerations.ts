/** DefaultTolerationSeconds: pods stay five minutes on a node that fails, unless they say otherwise. */
import type { Pod } from '../../api/groups/core.v1.ts';
import { Pods } from '../../api/resources.ts';
import type { AdmissionPlugin } from './admission.ts';
import { objectOf } from './refusal.ts';

const failingNodeSeconds = 300;

export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  about: [Pods],
  mutate(request) {
    const pod = objectOf<Pod>(request, Pods, 'CREATE', 'UPDATE');
    if (pod === undefined) return;
    for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
      const tolerations = pod.spec.tolerations ?? [];
      const covered = tolerations.some(
        (toleration) =>
          (toleration.key === key || !toleration.key) && (toleration.effect === 'NoExecute' || !toleration.effect),
      );
      if (covered) continue;
      const added = { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: failingNodeSeconds };
      pod.spec.tolerations = [...tolerations, added];
    }
  },
};
