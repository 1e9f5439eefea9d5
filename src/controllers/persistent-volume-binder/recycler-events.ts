/** What happens to the pod that wipes a volume, told of the volume: it is there that users look. */
import type { PersistentVolume, Pod } from '../../api/groups/core.v1.ts';
import { Events } from '../../api/resources.ts';
import type { Run } from '../controller.ts';

/** Until the answered controller aborts, or until the watch ends by itself: nothing depends on these events. */
export function retellEvents(run: Run, volume: PersistentVolume, pod: Pod): AbortController {
  const controller = new AbortController();
  retell(run, volume, pod, AbortSignal.any([run.signal, controller.signal])).catch(() => undefined);
  return controller;
}

async function retell(run: Run, volume: PersistentVolume, pod: Pod, signal: AbortSignal): Promise<void> {
  const { namespace, name, uid } = pod.metadata;
  const changes = run.client.watch(Events, {
    namespace,
    fieldSelector: `involvedObject.name=${name}`,
    resourceVersion: '0',
    signal,
  });
  for await (const change of changes) {
    if (change.type !== 'ADDED' || change.object.involvedObject.uid !== uid) continue;
    const { type, message } = change.object;
    const told = `Recycler pod: ${message ?? ''}`;
    run.note(volume, { type: type === 'Warning' ? 'Warning' : 'Normal', reason: 'RecyclerPod', message: told });
  }
}
